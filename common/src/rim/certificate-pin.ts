import { createHash, type X509Certificate } from "node:crypto";

/** SHA-256 of a certificate's public key (SPKI), base64url: stays when the certificate is made anew for its key. */
export function pinOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64url");
}
