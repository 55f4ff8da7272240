import { createPrivateKey, createPublicKey, generateKeyPair, sign } from "node:crypto";
import { promisify } from "node:util";

/** Signs manifests and passports, so that neither the store nor NATS nor a cache can change what an agent writes. */
export type Signer = {
  /** SPKI, PEM: every agent gets it when it enrols. */
  readonly publicKeyPem: string;
  /** Ed25519, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
};

/** A new Ed25519 key, PKCS #8. */
export async function createSigningKeyPem(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("ed25519");
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

export function openSigner(keyPem: string): Signer {
  const key = createPrivateKey(keyPem);
  const publicKeyPem = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
  return { publicKeyPem, sign: (bytes) => sign(null, bytes, key) };
}
