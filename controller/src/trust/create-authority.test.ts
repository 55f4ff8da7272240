import "reflect-metadata";
import { X509Certificate } from "node:crypto";
import { ExtendedKeyUsage, X509Certificate as Issued, type JsonGeneralNames } from "@peculiar/x509";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import { readIdentity } from "@stickfarm/common/rim/read-identity";
import { expect, test } from "vitest";
import { type CertifiedKey, createAuthority, openAuthority } from "./create-authority.ts";
import {
  createKeyPem,
  issueCertificate,
  publicKeyOf,
  readPrivateKey,
} from "./issue-certificate.ts";
import { parseCertificateRequest } from "./parse-certificate-request.ts";
import { createTestFarm, createTestRequest } from "./test-farm.ts";

const NOW_MS = Date.UTC(2026, 5, 1);
const DAY_MS = 24 * 3600_000;
const { clientAuth, serverAuth } = ExtendedKeyUsage;

test("openAuthority() issues a server certificate for its hosts, its role and servers only", async () => {
  const { authority } = await createTestFarm();
  const server = await authority.issueServer({
    hosts: ["ws.example.net", "10.0.0.7"],
    nowMs: NOW_MS,
  });
  const [leaf, ca] = certificatesIn(server.certificatePem);
  expect(leaf?.subjectAltName).toBe(
    "URI:stickfarm://server/controller, DNS:controller.stickfarm.internal, DNS:localhost, " +
      "IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:ws.example.net, IP Address:10.0.0.7",
  );
  expect(leaf?.keyUsage).toEqual([serverAuth]);
  expect(leaf?.ca).toBe(false);
  expect(leaf?.checkHost(CONTROLLER_HOST)).toBe(CONTROLLER_HOST);
  expect(ca?.toString()).toBe(new X509Certificate(authority.caPem).toString());
  expect(ca !== undefined && leaf?.checkIssued(ca) && leaf.verify(ca.publicKey)).toBe(true);
});

test("openAuthority() keeps the server's key when asked to", async () => {
  const { authority } = await createTestFarm();
  const first = await authority.issueServer({ hosts: [], nowMs: NOW_MS });
  const again = await authority.issueServer({
    hosts: ["10.0.0.7"],
    nowMs: NOW_MS,
    keyPem: first.keyPem,
  });
  expect(again.keyPem).toBe(first.keyPem);
  expect(again.certificatePem).not.toBe(first.certificatePem);
});

test("openAuthority() dates certificates for clocks that are late, and none beyond its own end", async () => {
  const root = await createAuthority(NOW_MS);
  const authority = await openAuthority(root);
  const ends = new X509Certificate(root.certificatePem).validTo;
  const key = await provenKey();
  const agent = await authority.issueAgent({ name: "ws-1", key, nowMs: NOW_MS });
  const leaf = new X509Certificate(agent.certificatePem);
  expect(Date.parse(leaf.validFrom)).toBe(NOW_MS - 5 * 60_000);
  expect(Date.parse(leaf.validTo)).toBe(NOW_MS + 90 * DAY_MS);
  expect(agent.notAfterMs).toBe(NOW_MS + 90 * DAY_MS);
  const late = await authority.issueAgent({ name: "ws-1", key, nowMs: Date.parse(ends) - DAY_MS });
  expect(new X509Certificate(late.certificatePem).validTo).toBe(ends);
});

test("openAuthority() gives every certificate a number of its own", async () => {
  const { authority } = await createTestFarm();
  const key = await provenKey();
  const issued = await Promise.all(
    Array.from({ length: 50 }, () => authority.issueAgent({ name: "ws-1", key, nowMs: NOW_MS })),
  );
  const serials = issued.map(
    ({ certificatePem }) => new X509Certificate(certificatePem).serialNumber,
  );
  expect(new Set(serials).size).toBe(50);
  expect(serials.filter((serial) => !/^[4-7][0-9A-F]{31}$/.test(serial))).toEqual([]);
});

test("readIdentity() tells agents and operators apart, and takes no server or CA for either", async () => {
  const farm = await createTestFarm();
  const pems: readonly string[] = [
    (await farm.agent("ws-1")).certificatePem,
    (await farm.operator("ops")).certificatePem,
    (await farm.operator("chief", ["drive-admin"])).certificatePem,
    farm.tls.certificatePem,
    farm.tls.caPem,
    (await farm.authority.issueNatsClient(NOW_MS)).certificatePem,
  ];
  expect(pems.map((pem) => readIdentity(new X509Certificate(pem).raw))).toEqual([
    { role: "agent", name: "ws-1", grants: [] },
    { role: "operator", name: "ops", grants: [] },
    { role: "operator", name: "chief", grants: ["drive-admin"] },
    null,
    null,
    null,
  ]);
  expect(readIdentity(new Uint8Array())).toBeNull();
  expect(readIdentity(Uint8Array.of(0x30, 0x82, 0xff, 0xff))).toBeNull();
});

test("readIdentity() reads no name from a certificate that says two things", async () => {
  const root = await createAuthority(NOW_MS);
  const agent = { type: "url", value: "stickfarm://agent/ws-1" } as const;
  const operator = { type: "url", value: "stickfarm://operator/ops" } as const;
  const dns = { type: "dns", value: "stickfarm://operator/ops" } as const;
  const comma = {
    type: "url",
    value: "stickfarm://agent/ws-1, URI:stickfarm://operator/ops",
  } as const;
  const read = async (names: JsonGeneralNames, usage: string) =>
    readIdentity(await issueOdd(root, names, usage));
  expect(await read([agent], clientAuth)).toEqual({ role: "agent", name: "ws-1", grants: [] });
  const refused: readonly (readonly [JsonGeneralNames, string])[] = [
    [[agent, operator], clientAuth],
    [[operator, agent], clientAuth],
    [[agent, agent], clientAuth],
    [[agent, dns], clientAuth],
    [[dns], clientAuth],
    [[comma], clientAuth],
    [[operator], serverAuth],
    [[operator], ExtendedKeyUsage.codeSigning],
    [[], clientAuth],
  ];
  for (const [names, usage] of refused) {
    expect([names, usage, await read(names, usage)]).toEqual([names, usage, null]);
  }
});

test("parseCertificateRequest() ignores who the sender says it is", async () => {
  const { authority } = await createTestFarm();
  const issued = await authority.issueAgent({
    name: "ws-1",
    key: await provenKey(),
    nowMs: NOW_MS,
  });
  const leaf = new X509Certificate(issued.certificatePem);
  expect([leaf.subject, leaf.subjectAltName]).toEqual(["CN=ws-1", "URI:stickfarm://agent/ws-1"]);
});

test("parseCertificateRequest() refuses what proves no P-256 key", async () => {
  const { requestPem } = await createTestRequest();
  const other = await createTestRequest({ name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" });
  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /cannot be read/],
    [
      "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
      /cannot be read/,
    ],
    [requestPem.slice(0, 200), /cannot be read/],
    [withLastByteChanged(requestPem), /signature is not of its own key|cannot be read/],
    [other.requestPem, /"ECDSA P-384"/],
    [requestPem + " ".repeat(8192), /characters/],
    [(await createTestFarm()).tls.caPem, /cannot be read/],
  ];
  for (const [pem, reason] of refused) {
    const parsed = await parseCertificateRequest(pem);
    expect(parsed).toMatchObject({
      ok: false,
      problem: { code: "certificate_request_invalid", detail: expect.stringMatching(reason) },
    });
  }
});

async function provenKey() {
  const key = await parseCertificateRequest((await createTestRequest()).requestPem);
  if (!key.ok) throw new Error(key.problem.detail);
  return key.value;
}

/** A certificate that the authority would never issue. */
async function issueOdd(root: CertifiedKey, names: JsonGeneralNames, usage: string) {
  const issuer = {
    certificate: new Issued(root.certificatePem),
    key: await readPrivateKey(root.keyPem),
  };
  const certificate = await issueCertificate(issuer, {
    commonName: "odd",
    names,
    usage,
    publicKey: publicKeyOf(await createKeyPem()),
    notBeforeMs: NOW_MS,
    notAfterMs: NOW_MS + DAY_MS,
  });
  return new Uint8Array(certificate.rawData);
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function withLastByteChanged(pem: string): string {
  const [begin = "", ...rest] = pem.trim().split("\n");
  const end = rest.pop() ?? "";
  const bytes = Buffer.from(rest.join(""), "base64");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return [begin, bytes.toString("base64"), end].join("\n");
}
