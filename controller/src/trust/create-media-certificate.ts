import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { StickCertificate } from "@stickfarm/common/media/stick-certificate";
import { Secret } from "@stickfarm/common/secret";
import { describeCertificate } from "./describe-certificate.ts";
import { newSerialNumber } from "./issue-certificate.ts";
import { MEDIA_KEY_ALGORITHM } from "./pkcs12-algorithm.ts";
import { renderPkcs12 } from "./render-pkcs12.ts";

export type MediaCertificateOptions = {
  /** Of the definition; at most 63 characters, a common name takes 64. */
  readonly name: string;
  /** Milliseconds since 1970 UTC; a certificate knows whole seconds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Protects the key inside the sealed settings. */
  readonly pfxPassword: Secret;
};

/**
 * A new key with a self-signed certificate that a stick proves itself by: for client authentication, and for policies
 * that are encrypted to it. The key exists in the result and nowhere else.
 *
 * Source: configmgr.md 1.4 and 3.4; RFC 5280 for the extensions.
 */
export async function createMediaCertificate({
  name,
  notBeforeMs,
  notAfterMs,
  pfxPassword,
}: MediaCertificateOptions): Promise<StickCertificate> {
  const { subtle } = webcrypto;
  const keys = await subtle.generateKey(MEDIA_KEY_ALGORITHM, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: [{ CN: [name] }, { OU: ["stickfarm media"] }],
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    signingAlgorithm: MEDIA_KEY_ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = await subtle.exportKey("pkcs8", keys.privateKey);
  const password = pfxPassword.reveal();
  const pfx = await renderPkcs12({
    certificate: certificate.rawData,
    key,
    password: Uint8Array.from(password).buffer,
  });
  new Uint8Array(key).fill(0);
  password.fill(0);
  const facts = describeCertificate("selfSigned", new Uint8Array(certificate.rawData));
  return { facts, pfx: new Secret(pfx), pfxPassword };
}
