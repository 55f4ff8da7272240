import { X509Certificate } from "node:crypto";
import { parseAgentToken } from "@stickfarm/common/agent-token";
import { fail, ok } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import { createAgentToken, hashTokenSecret } from "./agent-token.ts";
import { enrollAgent, type IssueNatsUser, type TokenStore } from "./enroll-agent.ts";
import { createTestFarm, createTestRequest } from "./test-farm.ts";

const NOW_MS = Date.UTC(2026, 5, 1);
const NATS_KEY = `U${"A".repeat(55)}`;

test("createAgentToken() makes tokens that parse, never twice the same, and stores no secret", () => {
  const pin = "p".repeat(43);
  const tokens = Array.from({ length: 100 }, () => createAgentToken({ name: "ws-1", pin }));
  const secrets = tokens.map(({ text, hash }) => {
    const token = parseAgentToken(text);
    if (!token.ok) throw new Error(token.problem.detail);
    expect([token.value.name, token.value.pin]).toEqual(["ws-1", pin]);
    expect(hashTokenSecret(token.value.secret)).toBe(hash);
    return token.value.secret;
  });
  expect(new Set(secrets).size).toBe(100);
  expect(new Set(secrets.join("")).size).toBe(32);
});

test("enrollAgent() names the agent by its token and dates its NATS credential by its certificate", async () => {
  const enrolment = await openEnrolment("ws-7");
  const enrolled = await enrolment.enroll(await requestOf("secret"));
  if (!enrolled.ok) throw new Error(enrolled.problem.detail);
  const leaf = new X509Certificate(enrolled.value.certificatePem);
  expect(leaf.subjectAltName).toBe("URI:stickfarm://agent/ws-7");
  expect(enrolled.value).toMatchObject({
    agentName: "ws-7",
    caPem: enrolment.farm.authority.caPem,
    natsUserJwt: `jwt ws-7 ${NATS_KEY} ${Date.parse(leaf.validTo)}`,
    signingKeyPem: "signing key",
  });
  expect(enrolment.consumed).toEqual([[hashTokenSecret("secret"), NOW_MS]]);
});

test("enrollAgent() uses no token up for a request that it cannot certify", async () => {
  const enrolment = await openEnrolment("ws-7");
  const good = await requestOf("secret");
  for (const bad of [
    { ...good, certificateRequestPem: "nothing" },
    { ...good, natsPublicKey: `A${"A".repeat(55)}` },
    { ...good, natsPublicKey: "" },
  ]) {
    expect(await enrolment.enroll(bad)).toMatchObject({
      problem: { code: "certificate_request_invalid" },
    });
  }
  expect(enrolment.consumed).toEqual([]);
});

test("enrollAgent() certifies nothing without a good token", async () => {
  const enrolment = await openEnrolment(null);
  expect(await enrolment.enroll(await requestOf("secret"))).toMatchObject({
    ok: false,
    problem: { code: "token_invalid" },
  });
});

async function requestOf(tokenSecret: string) {
  const { requestPem } = await createTestRequest();
  return { tokenSecret, certificateRequestPem: requestPem, natsPublicKey: NATS_KEY };
}

async function openEnrolment(name: string | null) {
  const farm = await createTestFarm();
  const consumed: unknown[] = [];
  const tokens: TokenStore = {
    consume: async (...call) => {
      consumed.push(call);
      if (name !== null) return ok({ name });
      return fail({ code: "token_invalid", detail: "Cannot enrol: the token is unknown" });
    },
  };
  const issueNatsUser: IssueNatsUser = async (user) =>
    ok(`jwt ${user.name} ${user.publicKey} ${user.expiresAtMs}`);
  const trust = { authority: farm.authority, tokens, issueNatsUser, signingKeyPem: "signing key" };
  return {
    farm,
    consumed,
    enroll: (request: Parameters<typeof enrollAgent>[1]) => enrollAgent(trust, request, NOW_MS),
  };
}
