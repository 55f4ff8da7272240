import { createDecipheriv } from "node:crypto";
import { parseSealed, type SealParts } from "@stickfarm/common/media/seal-header";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { Secret } from "@stickfarm/common/secret";
import { deriveSealKey } from "./derive-seal-key.ts";

/**
 * The JSON text of settings.sealed. The file comes from a stick, so nothing in it is believed before the tag is right.
 *
 * Problems: settings_not_opened, which does not say whether the password is wrong or the file was changed: nobody knows.
 */
export async function openSettings(bytes: Uint8Array, password: Secret): Promise<Result<Secret>> {
  const parts = parseSealed(bytes);
  if (parts === null) {
    return refuse("it is no settings file, or its key derivation is outside of what is allowed");
  }
  const key = await deriveSealKey(password, parts.header.kdf);
  const plain = decrypt(parts, key);
  key.fill(0);
  if (plain === null) return refuse("the password is wrong, or the file was changed");
  const text = new Secret(plain);
  plain.fill(0);
  return ok(text);
}

function decrypt({ header, line, ciphertext, tag }: SealParts, key: Uint8Array): Buffer | null {
  const nonce = Buffer.from(header.cipher.nonce, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tag.length });
  decipher.setAAD(line);
  decipher.setAuthTag(tag);
  const begun = decipher.update(ciphertext);
  try {
    return Buffer.concat([begun, decipher.final()]);
  } catch (error) {
    // The one way that node:crypto says a tag does not fit; it has no code.
    if (error instanceof Error && /authenticate data/.test(error.message)) return null;
    throw error;
  } finally {
    begun.fill(0);
  }
}

function refuse(why: string): Result<never> {
  return fail({ code: "settings_not_opened", detail: `Cannot open the sealed settings: ${why}` });
}
