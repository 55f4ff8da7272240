import { expect, onTestFinished, test } from "vitest";
import { openFarm } from "./store-fixture.ts";

const ISSUED_AT_MS = 1_000_000;
const EXPIRES_AT_MS = ISSUED_AT_MS + 60_000;

test("consumeToken() takes a token until its time is up, and once", async () => {
  const { store } = await openFarm(onTestFinished);
  for (const hash of ["in-time", "late"]) {
    await store.agents.addToken(hash, `ws-${hash}`, EXPIRES_AT_MS);
  }
  expect(await store.agents.consumeToken("in-time", EXPIRES_AT_MS - 1)).toMatchObject({
    value: { name: "ws-in-time" },
  });
  expect(await store.agents.consumeToken("in-time", EXPIRES_AT_MS - 1)).toMatchObject({
    problem: { code: "token_invalid", detail: expect.stringContaining("was used already") },
  });
  expect(await store.agents.consumeToken("late", EXPIRES_AT_MS)).toMatchObject({
    problem: { code: "token_invalid", detail: expect.stringContaining("has expired") },
  });
  expect(await store.agents.consumeToken("unknown", ISSUED_AT_MS)).toMatchObject({
    problem: { code: "token_invalid", detail: expect.stringContaining("is not known here") },
  });
  expect((await store.agents.list()).map(({ name }) => name)).not.toContain("ws-late");
});
