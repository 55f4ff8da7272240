import { X509Certificate } from "node:crypto";
import { type Identity, parseIdentityUri } from "../identity.ts";

/** Source: RFC 5280 section 4.2.1.12. */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/**
 * The one identity that a client certificate carries, or null when it carries none, more than one, or the server's.
 *
 * The signature is not looked at: ask only after TLS has found the certificate good. Role and name come from the SAN,
 * which must hold that URI and nothing else, and the certificate must be made for clients alone: where only the signature
 * counts, any certificate of the same authority passes (CVE-2021-37218).
 */
export function readIdentity(der: Uint8Array): Identity | null {
  const certificate = parseCertificate(der);
  if (certificate === null || certificate.ca) return null;
  const usages = certificate.keyUsage ?? [];
  if (usages.length !== 1 || usages[0] !== CLIENT_AUTH) return null;
  const names = certificate.subjectAltName ?? "";
  // Several names are joined by commas, and a name with a comma stands in quotes: neither matches.
  return names.startsWith("URI:") ? parseIdentityUri(names.slice(4)) : null;
}

function parseCertificate(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch {
    // Bytes from a peer: what is no certificate carries no identity.
    return null;
  }
}
