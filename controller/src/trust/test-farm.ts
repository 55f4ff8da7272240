import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import {
  type Authority,
  type CertifiedKey,
  createAuthority,
  openAuthority,
} from "./create-authority.ts";
import { createKeyPair, KEY_ALGORITHM, renderPrivateKey } from "./issue-certificate.ts";

/** For tests: an authority in memory with a server certificate, and certificates of any role and time. */
export type TestFarm = {
  readonly authority: Authority;
  readonly tls: {
    readonly caPem: string;
    readonly certificatePem: string;
    readonly keyPem: string;
  };
  readonly agent: (name: string, nowMs?: number) => Promise<CertifiedKey>;
  readonly operator: (name: string) => Promise<CertifiedKey>;
};

export async function createTestFarm(): Promise<TestFarm> {
  const nowMs = Date.now();
  const authority = await openAuthority(await createAuthority(nowMs));
  const server = await authority.issueServer({ hosts: [], nowMs });
  return {
    authority,
    tls: { caPem: authority.caPem, ...server },
    agent: async (name, issuedAtMs = nowMs) => {
      const { requestPem, keyPem } = await createTestRequest();
      const issued = await authority.issueAgent({ name, requestPem, nowMs: issuedAtMs });
      if (!issued.ok) throw new Error(issued.problem.detail);
      return { certificatePem: issued.value.certificatePem, keyPem };
    },
    operator: async (name) => await authority.issueOperator({ name, nowMs }),
  };
}

export async function createTestRequest(
  keys?: webcrypto.CryptoKeyPair,
): Promise<{ requestPem: string; keyPem: string }> {
  const pair = keys ?? (await createKeyPair());
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: ["whatever the sender likes"] }],
    keys: pair,
    signingAlgorithm: KEY_ALGORITHM,
  });
  return { requestPem: request.toString("pem"), keyPem: renderPrivateKey(pair.privateKey) };
}
