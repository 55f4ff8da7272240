import { createPublicKey, verify } from "node:crypto";

/**
 * Whether these bytes were signed by the farm's key (SPKI, PEM), which came with the agent's certificate.
 *
 * Ed25519 and nothing else: the kind of key is ours to choose, not the sender's.
 */
export function verifySignature(
  publicKeyPem: string,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = createPublicKey(publicKeyPem);
  return key.asymmetricKeyType === "ed25519" && verify(null, bytes, key, signature);
}
