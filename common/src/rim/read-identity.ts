import { X509Certificate } from "node:crypto";
import { CONTROLLER_URI, type Identity, parseIdentityUri } from "../identity.ts";

/** Source: RFC 5280 section 4.2.1.12. */
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/**
 * The one identity that a client certificate carries, or null when it carries none, more than one, or the server's.
 *
 * The signature is not looked at: ask only after TLS has found the certificate good. Role and name come from the SAN,
 * which must hold that URI and nothing else, and the certificate must be made for clients alone: where only the signature
 * counts, any certificate of the same authority passes (CVE-2021-37218).
 */
export function readIdentity(der: Uint8Array): Identity | null {
  const uri = readOnlyUri(der, CLIENT_AUTH);
  return uri === null ? null : parseIdentityUri(uri);
}

/**
 * For `checkServerIdentity` of a TLS client: the peer must be the farm's controller.
 *
 * Stands in for the comparison of host names, and is the sharper of the two: the farm's authority signs for nothing but
 * this farm, and its controller is the same one under every address that it is reached by.
 */
export function checkControllerIdentity(
  host: string,
  certificate: { readonly raw: Uint8Array },
): Error | undefined {
  const [first] = readNames(certificate.raw, SERVER_AUTH);
  if (first === `URI:${CONTROLLER_URI}`) return undefined;
  return new Error(`Cannot trust "${host}": its certificate is not the controller's`);
}

function readOnlyUri(der: Uint8Array, usage: string): string | null {
  const names = readNames(der, usage);
  const [only] = names;
  return names.length === 1 && only?.startsWith("URI:") === true ? only.slice(4) : null;
}

/** Alternative names of a certificate that is made for one usage and cannot sign others; else none. */
function readNames(der: Uint8Array, usage: string): readonly string[] {
  const certificate = parseCertificate(der);
  if (certificate === null || certificate.ca) return [];
  const usages = certificate.keyUsage ?? [];
  if (usages.length !== 1 || usages[0] !== usage) return [];
  // A name with a comma in it stands in quotes, so that it cannot pass as two names.
  return certificate.subjectAltName?.split(", ") ?? [];
}

function parseCertificate(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch {
    // Bytes from a peer: what is no certificate carries no identity.
    return null;
  }
}
