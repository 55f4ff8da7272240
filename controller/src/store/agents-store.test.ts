import { UNSEEN } from "@stickfarm/common/drive/contents";
import { type Drive, UNKNOWN_FACTS } from "@stickfarm/common/drive/drive";
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

const DRIVE: Drive = {
  driveId: "usb:1",
  bay: "1",
  serial: "A1",
  vendor: "",
  model: "",
  sizeBytes: 1,
  logicalBlockBytes: 512,
  insertion: "1",
  transport: "usb",
  refusals: [],
  asks: [],
  facts: { ...UNKNOWN_FACTS, identity: "strong" },
  contents: UNSEEN,
};

test("listDrives() names a drive until its agent says that it went", async () => {
  const { store } = await openFarm(onTestFinished);
  const other = { ...DRIVE, driveId: "usb:2", bay: "2" };
  await store.agents.noteDrives("ws-1", [DRIVE, other], 1);
  expect(await store.agents.listDrives("")).toEqual([
    { agent: "ws-1", drive: DRIVE },
    { agent: "ws-1", drive: other },
  ]);
  await store.agents.noteDrives("ws-1", [other], 2);
  expect(await store.agents.listDrives("ws-1")).toEqual([{ agent: "ws-1", drive: other }]);
});

test("listDrives() reads drives that were noted before they had facts and contents", async () => {
  const { store, exec } = await openFarm(onTestFinished);
  await store.agents.noteDrives("ws-1", [DRIVE], 1);
  await exec("UPDATE drives SET drive = json_remove(drive, '$.facts', '$.contents')");
  expect(await store.agents.listDrives("")).toMatchObject([
    { drive: { facts: UNKNOWN_FACTS, contents: UNSEEN } },
  ]);
});
