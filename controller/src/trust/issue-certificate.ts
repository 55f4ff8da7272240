import "reflect-metadata";
import { createPrivateKey, KeyObject, randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  type PublicKeyType,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** NIST P-256 with SHA-256: what every TLS peer in the field knows. */
export const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A workstation's clock may be late by this much and the new certificate is good all the same. */
export const SKEW_MS = 5 * 60_000;

export type Profile = {
  readonly commonName: string;
  readonly names: JsonGeneralNames;
  readonly usage: string;
  readonly publicKey: PublicKeyType;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
};

export type Issuer = { readonly certificate: X509Certificate; readonly key: webcrypto.CryptoKey };

/** A certificate that can sign nothing further, never valid longer than its issuer. */
export async function issueCertificate(issuer: Issuer, profile: Profile): Promise<X509Certificate> {
  return await X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: [{ CN: [profile.commonName] }],
    issuer: issuer.certificate.subjectName,
    notBefore: new Date(profile.notBeforeMs - SKEW_MS),
    notAfter: new Date(Math.min(profile.notAfterMs, issuer.certificate.notAfter.getTime())),
    signingAlgorithm: KEY_ALGORITHM,
    signingKey: issuer.key,
    publicKey: profile.publicKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([profile.usage]),
      new SubjectAlternativeNameExtension(profile.names),
      await SubjectKeyIdentifierExtension.create(profile.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.certificate),
    ],
  });
}

export async function issueAuthorityCertificate(
  keys: webcrypto.CryptoKeyPair,
  validity: { readonly notBeforeMs: number; readonly notAfterMs: number },
): Promise<X509Certificate> {
  const extensions: Extension[] = [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
  ];
  return await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    // Two farms' authorities must not share a name: chain builders look issuers up by it.
    name: [{ CN: [`stickfarm ${randomBytes(4).toString("hex")}`] }],
    notBefore: new Date(validity.notBeforeMs - SKEW_MS),
    notAfter: new Date(validity.notAfterMs),
    signingAlgorithm: KEY_ALGORITHM,
    keys,
    extensions,
  });
}

export async function createKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}

export function renderPrivateKey(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString();
}

export async function readPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return await webcrypto.subtle.importKey("pkcs8", der, KEY_ALGORITHM, false, ["sign"]);
}

/** 127 random bits, positive and without a leading zero byte. Source: RFC 5280 section 4.1.2.2. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}
