import { createCipheriv } from "node:crypto";
import { invariant } from "@stickfarm/common/invariant";
import {
  NONCE_BYTES,
  renderSealHeader,
  SALT_BYTES,
  SCRYPT,
  type SealHeader,
} from "@stickfarm/common/media/seal-header";
import type { Secret } from "@stickfarm/common/secret";
import { deriveSealKey } from "./derive-seal-key.ts";

/** Fresh for each seal, or two sticks would show that they hold the same. */
export type SealRandom = {
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
};

/** The length of the ciphertext tells no more about its text than this. */
const PAD_BYTES = 1024;

/**
 * JSON text sealed under a media password: the bytes of settings.sealed.
 *
 * Shape: the text is padded with spaces, which JSON ignores.
 */
export async function sealSettings(
  text: string,
  password: Secret,
  random: SealRandom,
): Promise<Uint8Array> {
  const header = headerOf(random);
  const key = await deriveSealKey(password, header.kdf);
  const plain = padded(text);
  const line = renderSealHeader(header);
  const cipher = createCipheriv("aes-256-gcm", key, random.nonce);
  cipher.setAAD(line);
  const sealed = Buffer.concat([line, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  key.fill(0);
  plain.fill(0);
  return sealed;
}

function headerOf({ salt, nonce }: SealRandom): SealHeader {
  invariant(salt.length === SALT_BYTES, `a salt has ${SALT_BYTES} bytes`);
  invariant(nonce.length === NONCE_BYTES, `a nonce has ${NONCE_BYTES} bytes`);
  return {
    format: "stickfarm-settings",
    version: 1,
    kdf: { name: "scrypt", ...SCRYPT, salt: Buffer.from(salt).toString("base64") },
    cipher: { name: "aes-256-gcm", nonce: Buffer.from(nonce).toString("base64") },
  };
}

function padded(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const plain = new Uint8Array(Math.ceil(bytes.length / PAD_BYTES) * PAD_BYTES).fill(0x20);
  plain.set(bytes);
  bytes.fill(0);
  return plain;
}
