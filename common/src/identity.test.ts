import { expect, test } from "vitest";
import {
  CONTROLLER_URI,
  type Identity,
  isIdentityName,
  parseIdentityUri,
  renderIdentityUri,
} from "./identity.ts";

test("renderIdentityUri() and parseIdentityUri() are each other's inverse", () => {
  const identities: readonly Identity[] = [
    { role: "agent", name: "ws-1", grants: [] },
    { role: "operator", name: "admin", grants: [] },
    { role: "operator", name: "admin", grants: ["drive-admin"] },
    { role: "agent", name: "a", grants: [] },
    { role: "agent", name: "x".repeat(63), grants: [] },
  ];
  expect(identities.map((identity) => parseIdentityUri(renderIdentityUri(identity)))).toEqual(
    identities,
  );
});

test("parseIdentityUri() takes nothing but one exact form", () => {
  const refused = [
    "",
    CONTROLLER_URI,
    "stickfarm://agent/",
    "stickfarm://agent/WS-1",
    "stickfarm://agent/-ws",
    "stickfarm://agent/ws-",
    "stickfarm://agent/ws 1",
    "stickfarm://agent/ws/1",
    "stickfarm://agent/ws.1",
    "stickfarm://agent/ws-1\n",
    "stickfarm://agent/ws-1, URI:stickfarm://operator/admin",
    `stickfarm://agent/${"x".repeat(64)}`,
    "stickfarm://Agent/ws-1",
    "http://agent/ws-1",
    " stickfarm://agent/ws-1",
    "stickfarm://agent/ws-1?grant=drive-admin",
    "stickfarm://operator/admin?grant=",
    "stickfarm://operator/admin?grant=all",
    "stickfarm://operator/admin?grant=drive-admin?grant=drive-admin",
    "stickfarm://operator/admin?grant=drive-admin&grant=drive-admin",
    "stickfarm://operator/admin?grant=drive-admin\n",
  ];
  expect(refused.filter((uri) => parseIdentityUri(uri) !== null)).toEqual([]);
});

test("isIdentityName() takes what fits DNS and a NATS subject", () => {
  expect(["ws-1", "0", "a-b-c"].filter((name) => !isIdentityName(name))).toEqual([]);
  expect(["", "a.b", "*", ">", "A", "a_", "ä"].filter(isIdentityName)).toEqual([]);
});
