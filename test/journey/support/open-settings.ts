import { createDecipheriv, scryptSync } from "node:crypto";
import { MIB } from "@stickfarm/common/bytes";
import { parseSealed } from "@stickfarm/common/media/seal-header";

/** What settings.sealed says to who has the password; throws for everybody else. Not the code that sealed it. */
export function openSettings(bytes: Uint8Array, password: string): unknown {
  const parts = parseSealed(bytes);
  if (parts === null) throw new Error("This is no settings.sealed");
  const { header, line, ciphertext, tag } = parts;
  const { n, r, p, salt } = header.kdf;
  const options = { N: n, r, p, maxmem: 128 * r * (n + p) + MIB };
  const key = scryptSync(password, Buffer.from(salt, "base64"), 32, options);
  const nonce = Buffer.from(header.cipher.nonce, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tag.length });
  decipher.setAAD(line).setAuthTag(tag);
  return JSON.parse(Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString());
}
