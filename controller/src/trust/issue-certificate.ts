import "reflect-metadata";
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
  webcrypto,
} from "node:crypto";
import { promisify } from "node:util";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
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
  readonly publicKey: PublicKey;
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

export async function issueAuthorityCertificate(self: {
  readonly key: webcrypto.CryptoKey;
  readonly publicKey: PublicKey;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}): Promise<X509Certificate> {
  // Two farms' authorities must not share a name: chain builders look issuers up by it.
  const name = [{ CN: [`stickfarm ${randomBytes(4).toString("hex")}`] }];
  return await X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: name,
    issuer: name,
    notBefore: new Date(self.notBeforeMs - SKEW_MS),
    notAfter: new Date(self.notAfterMs),
    signingAlgorithm: KEY_ALGORITHM,
    signingKey: self.key,
    publicKey: self.publicKey,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(self.publicKey),
    ],
  });
}

/** A new P-256 key, PKCS #8. */
export async function createKeyPem(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

export function publicKeyOf(keyPem: string): PublicKey {
  return new PublicKey(createPublicKey(keyPem).export({ type: "spki", format: "der" }));
}

export async function readPrivateKey(keyPem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(keyPem).export({ type: "pkcs8", format: "der" });
  return await webcrypto.subtle.importKey("pkcs8", der, KEY_ALGORITHM, false, ["sign"]);
}

/** 127 random bits, positive and without a leading zero byte. Source: RFC 5280 section 4.1.2.2. */
export function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}
