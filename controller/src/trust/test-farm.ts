import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import type { Grant } from "@stickfarm/common/identity";
import {
  type Authority,
  type CertifiedKey,
  createAuthority,
  openAuthority,
} from "./create-authority.ts";
import { KEY_ALGORITHM } from "./issue-certificate.ts";
import { parseCertificateRequest } from "./parse-certificate-request.ts";

/** For tests: an authority in memory with a server certificate, and certificates of any role and time. */
export type TestFarm = {
  readonly authority: Authority;
  readonly tls: {
    readonly caPem: string;
    readonly certificatePem: string;
    readonly keyPem: string;
  };
  readonly agent: (name: string, nowMs?: number) => Promise<CertifiedKey>;
  readonly operator: (name: string, grants?: readonly Grant[]) => Promise<CertifiedKey>;
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
      const key = await parseCertificateRequest(requestPem);
      if (!key.ok) throw new Error(key.problem.detail);
      const issued = await authority.issueAgent({ name, key: key.value, nowMs: issuedAtMs });
      return { certificatePem: issued.certificatePem, keyPem };
    },
    operator: async (name, grants = []) => await authority.issueOperator({ name, grants, nowMs }),
  };
}

/** A certificate request as an agent makes it. */
export async function createTestRequest(
  algorithm: webcrypto.EcKeyGenParams & webcrypto.EcdsaParams = KEY_ALGORITHM,
): Promise<{ requestPem: string; keyPem: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: ["whatever the sender likes"] }],
    keys,
    signingAlgorithm: algorithm,
  });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" });
  return { requestPem: request.toString("pem"), keyPem: keyPem.toString() };
}
