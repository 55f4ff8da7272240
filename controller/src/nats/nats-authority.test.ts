import { decode, fromSeed, type User } from "@nats-io/jwt";
import { nkeys } from "nats";
import { expect, test } from "vitest";
import {
  controllerCredentials,
  createNatsAuthority,
  issueAgentJwt,
  parseNatsAuthority,
  renderNatsAuthority,
} from "./nats-authority.ts";
import { resultOf } from "./nats-fixture.ts";

const EXPIRES_AT_MS = 4_000_000_000_000;

test("parseNatsAuthority() reads what renderNatsAuthority() wrote, and its signatures are the same account's", async () => {
  const authority = createNatsAuthority();
  const text = renderNatsAuthority(authority);
  const read = resultOf(parseNatsAuthority(text));
  expect(renderNatsAuthority(read)).toBe(text);
  const issuer = decode((await controllerCredentials(read)).jwt).iss;
  expect(issuer).toBe(fromSeed(authority.accountSeed.reveal()).getPublicKey());
});

test("parseNatsAuthority() refuses text that lacks a seed or has another kind of key in its place", () => {
  const good: Record<string, string> = JSON.parse(renderNatsAuthority(createNatsAuthority()));
  const refused = [
    "",
    "[]",
    "null",
    JSON.stringify({ ...good, accountSeed: undefined }),
    JSON.stringify({ ...good, accountSeed: good["controllerSeed"] }),
    JSON.stringify({ ...good, operatorSeed: good["operatorSeed"]?.replace(/.{4}$/, "AAAA") }),
    JSON.stringify({ ...good, controllerSeed: 7 }),
  ];
  const taken = refused.filter((text) => parseNatsAuthority(text).ok);
  expect(taken).toEqual([]);
});

test("a NATS authority shows none of its seeds by accident", () => {
  const authority = createNatsAuthority();
  expect(`${JSON.stringify(authority)} ${Object.values(authority)}`).not.toMatch(
    /S[OAU][A-Z2-7]{20}/,
  );
});

test("issueAgentJwt() allows an agent its own progress and inbox and nothing else, until it expires", async () => {
  const publicKey = nkeys.createUser().getPublicKey();
  const agent = { name: "ws-1", publicKey, expiresAtMs: EXPIRES_AT_MS };
  const claims = decode<User>(resultOf(await issueAgentJwt(createNatsAuthority(), agent)));
  expect(claims).toMatchObject({ sub: publicKey, exp: EXPIRES_AT_MS / 1000 });
  expect(claims.nats.pub).toEqual({ allow: ["stickfarm.v1.progress.ws-1.>"] });
  expect(claims.nats.sub).toEqual({ allow: ["_INBOX_ws-1.>"] });
  expect(claims.nats.resp).toBe(undefined);
});

test("issueAgentJwt() issues nothing to a name with a wildcard, nor to a key that is no user's", async () => {
  const authority = createNatsAuthority();
  const publicKey = nkeys.createUser().getPublicKey();
  const refused = [
    [{ name: "*", publicKey }, "name_invalid"],
    [{ name: ">", publicKey }, "name_invalid"],
    [{ name: "a.b", publicKey }, "name_invalid"],
    [{ name: "", publicKey }, "name_invalid"],
    [{ name: "a", publicKey: nkeys.createAccount().getPublicKey() }, "certificate_request_invalid"],
    [{ name: "a", publicKey: `U${"A".repeat(55)}` }, "certificate_request_invalid"],
    [{ name: "a", publicKey: "" }, "certificate_request_invalid"],
  ] as const;
  for (const [agent, code] of refused) {
    const issued = await issueAgentJwt(authority, { ...agent, expiresAtMs: EXPIRES_AT_MS });
    expect(issued).toMatchObject({ ok: false, problem: { code } });
  }
});
