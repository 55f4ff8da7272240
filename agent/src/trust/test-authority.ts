import "reflect-metadata";
import { KeyObject, X509Certificate as NodeCertificate, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  PublicKey,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export type TestKey = { readonly pem: string; readonly keyPem: string };

/** For tests: an authority that certifies anything, as the controller's would not. */
export type TestAuthority = {
  readonly pem: string;
  readonly certify: (publicKey: PublicKey, usage: string) => Promise<string>;
  readonly issue: (usage: string) => Promise<TestKey>;
};

export async function openAuthority(name: string = webcrypto.randomUUID()): Promise<TestAuthority> {
  const keys = await createKeys();
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const certify = async (publicKey: PublicKey, usage: string): Promise<string> => {
    const certificate = await X509CertificateGenerator.create({
      subject: [{ CN: ["leaf"] }],
      issuer: ca.subjectName,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new ExtendedKeyUsageExtension([usage]),
        new SubjectAlternativeNameExtension([{ type: "dns", value: CONTROLLER_HOST }]),
      ],
    });
    return pemOf(certificate);
  };
  return {
    pem: pemOf(ca),
    certify,
    issue: async (usage) => {
      const leaf = await createKeys();
      const keyPem = KeyObject.from(leaf.privateKey).export({ type: "pkcs8", format: "pem" });
      const publicKey = await PublicKey.create(leaf.publicKey);
      return { pem: await certify(publicKey, usage), keyPem: keyPem.toString() };
    },
  };
}

async function createKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function pemOf(certificate: X509Certificate): string {
  return new NodeCertificate(certificate.toString("pem")).toString();
}
