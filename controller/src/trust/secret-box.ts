import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { SecretMask } from "@stickfarm/common/rim/secret-mask";
import { Secret } from "@stickfarm/common/secret";

/**
 * Secret values at rest. Each is encrypted under a key of its own, which is encrypted under the key of the farm (KEK): the
 * database is of no use without the KEK's file, and a new KEK means wrapping keys again, not values.
 *
 * Shape: format (1 byte, = 1) | wrapped key (60) | sealed value (28 + its length); each of the two is nonce (12) |
 *        ciphertext | tag (16), AES-256-GCM. Name and version are authenticated with both: a row that is moved to
 *        another name, or an old version put in place of a new one, does not open.
 */
export type SecretBox = {
  seal(label: SecretLabel, value: Secret): Buffer;
  /** Problems: store_damaged. */
  open(label: SecretLabel, sealed: Uint8Array): Result<Secret>;
};

export type SecretLabel = { readonly name: string; readonly version: number };

export const KEK_BYTES = 32;

const FORMAT = 1;
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

export function openSecretBox(kek: Uint8Array): SecretBox {
  return {
    seal: (label, value) => {
      const key = randomBytes(KEY_BYTES);
      const plain = value.reveal();
      const wrapped = encrypt(kek, contextOf(label, "key"), key);
      const sealed = encrypt(key, contextOf(label, "value"), plain);
      key.fill(0);
      plain.fill(0);
      return Buffer.concat([Uint8Array.of(FORMAT), wrapped, sealed]);
    },
    open: (label, sealed) => {
      if (sealed[0] !== FORMAT) return refuse(label, `its format is ${sealed[0] ?? "missing"}`);
      const key = decrypt(kek, contextOf(label, "key"), sealed.subarray(1, 1 + WRAPPED_BYTES));
      if (key === null) return refuse(label, "it was sealed under another key or changed");
      const plain = decrypt(key, contextOf(label, "value"), sealed.subarray(1 + WRAPPED_BYTES));
      key.fill(0);
      if (plain === null) return refuse(label, "it was changed");
      const value = new Secret(plain);
      plain.fill(0);
      return ok(value);
    },
  };
}

/** The same box; whatever goes through it is shown in no text from then on. */
export function maskSecrets(box: SecretBox, { learn }: Pick<SecretMask, "learn">): SecretBox {
  return {
    seal: (label, value) => {
      learn(value);
      return box.seal(label, value);
    },
    open: (label, sealed) => {
      const opened = box.open(label, sealed);
      if (opened.ok) learn(opened.value);
      return opened;
    },
  };
}

function contextOf({ name, version }: SecretLabel, part: "key" | "value"): Buffer {
  return Buffer.from(JSON.stringify(["stickfarm.secret.v1", part, name, version]));
}

function encrypt(key: Uint8Array, context: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, context: Uint8Array, sealed: Uint8Array): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(context).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    // OpenSSL says only that the tag does not fit.
    return null;
  }
}

function refuse({ name, version }: SecretLabel, reason: string): Result<never> {
  const detail = `Cannot open version ${version} of the secret "${name}": ${reason}`;
  return fail({ code: "store_damaged", detail });
}
