import { type ScryptOptions, scrypt } from "node:crypto";
import type { SealHeader } from "@stickfarm/common/media/seal-header";
import type { Secret } from "@stickfarm/common/secret";

const KEY_BYTES = 32;

/**
 * The key that a media password gives. Takes about a second, off the event loop. The caller overwrites it when done.
 *
 * Shape: the password is composed first (NFC), because a keyboard gives "é" as one character where an editor may have
 *        given two.
 */
export function deriveSealKey(password: Secret, kdf: SealHeader["kdf"]): Promise<Uint8Array> {
  const options: ScryptOptions = { N: kdf.n, r: kdf.r, p: kdf.p, maxmem: memoryBytes(kdf) };
  const bytes = composedBytes(password);
  return new Promise((resolve, reject) => {
    scrypt(bytes, Buffer.from(kdf.salt, "base64"), KEY_BYTES, options, (error, key) => {
      bytes.fill(0);
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function composedBytes(password: Secret): Uint8Array {
  const text = password.revealText();
  return text === null ? password.reveal() : new TextEncoder().encode(text.normalize("NFC"));
}

/** What scrypt takes, and something over: its default limit is 32 MiB. Source: RFC 7914 section 6. */
function memoryBytes({ n, r, p }: { readonly n: number; readonly r: number; readonly p: number }) {
  return 128 * r * (n + p) + 1024 * 1024;
}
