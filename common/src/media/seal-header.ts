import { z } from "zod";
import { renderCanonicalJson } from "../canonical-json.ts";

/**
 * The first line of /stickfarm/settings.sealed, which holds what only the holder of the media password may read:
 *
 *   one line of JSON, this header: version, key derivation, cipher, and their parameters
 *   ciphertext, to the end but 16
 *   16 bytes, the tag
 *
 * The line, its end included, is authenticated with the ciphertext. The key is derived by scrypt: a guess takes about a
 * second and 128 MiB, against 38,000 guesses a second for the scheme that this replaces.
 *
 * Source: OWASP Password Storage (scrypt N = 2^17, r = 8, p = 1); NIST SP 800-38D for GCM.
 */
export type SealHeader = {
  readonly format: "stickfarm-settings";
  readonly version: 1;
  readonly kdf: {
    readonly name: "scrypt";
    readonly n: number;
    readonly r: number;
    readonly p: number;
    /** 16 bytes in base64. */
    readonly salt: string;
  };
  /** 12 bytes in base64. */
  readonly cipher: { readonly name: "aes-256-gcm"; readonly nonce: string };
};

export const SCRYPT = { n: 2 ** 17, r: 8, p: 1 } as const;
export const SALT_BYTES = 16;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const HEADER_BYTES_MAX = 1024;

/** Together at most 512 MiB of memory: the file comes from a stick that anyone may have written. */
const SCRYPT_N_MAX = 2 ** 19;
const SCRYPT_P_MAX = 4;

/** 16 bytes as 22 digits and "==", 12 bytes as 16 digits. */
const SALT = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
const NONCE = /^[A-Za-z0-9+/]{16}$/;

const Header = z.strictObject({
  format: z.literal("stickfarm-settings"),
  version: z.literal(1),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    n: z
      .int()
      .min(SCRYPT.n)
      .max(SCRYPT_N_MAX)
      .refine((n) => Number.isInteger(Math.log2(n))),
    r: z.literal(SCRYPT.r),
    p: z.int().min(SCRYPT.p).max(SCRYPT_P_MAX),
    salt: z.string().regex(SALT),
  }),
  cipher: z.strictObject({ name: z.literal("aes-256-gcm"), nonce: z.string().regex(NONCE) }),
});

/** The line with its end: the bytes that are authenticated. */
export function renderSealHeader(header: SealHeader): Uint8Array {
  return new TextEncoder().encode(`${renderCanonicalJson(header)}\n`);
}

export type SealParts = {
  readonly header: SealHeader;
  /** The header's bytes as they are, which need not be what `renderSealHeader` gives. */
  readonly line: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
};

/**
 * The parts of settings.sealed, or `null` when it is none or asks for a key derivation that is weaker than ours or takes
 * more memory than we give.
 */
export function parseSealed(bytes: Uint8Array): SealParts | null {
  const lineEnd = bytes.subarray(0, HEADER_BYTES_MAX).indexOf(0x0a);
  const textEnd = bytes.length - TAG_BYTES;
  if (lineEnd < 0 || textEnd <= lineEnd) return null;
  const header = Header.safeParse(parseJson(bytes.subarray(0, lineEnd)));
  if (!header.success) return null;
  return {
    header: header.data,
    line: bytes.subarray(0, lineEnd + 1),
    ciphertext: bytes.subarray(lineEnd + 1, textEnd),
    tag: bytes.subarray(textEnd),
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
