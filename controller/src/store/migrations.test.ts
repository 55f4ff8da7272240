import { join } from "node:path";
import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { logLineToWire } from "@stickfarm/common/wire/build-log";
import { expect, onTestFinished, test } from "vitest";
import { Db } from "./db.ts";
import { MIGRATIONS } from "./migrations.ts";
import { openStore } from "./open-store.ts";
import { storeOn } from "./store.ts";

/** The schema of the version before builds had a policy. */
const STEPS_BEFORE_POLICY = 7;

const CONSENT = {
  driveId: "usb:0781:5583:4C530001",
  bay: "usb-2-1",
  serial: "4C530001",
  sizeBytes: 8_000_000_000,
  insertion: "a:1",
};
const ENDED = { kind: "succeeded", proof: "read-back", attempt: 1 };
const MEASURED = { manifestSha256: "old", writtenBytes: 9, verifiedBytes: 9 };
const DRIVE = { jobId: "j1", agent: "ws-1", bay: "usb-2-1", serial: "4C530001" };
const ORDERED = {
  kind: "ordered",
  order: { media: {}, variables: [], contents: [], distributionPoints: [], certificate: null },
  drives: [DRIVE],
};
const ASSIGNED = { kind: "job", drive: DRIVE, turn: { kind: "assigned", attempt: 1, fence: 1 } };

/** A build that an earlier version ended. */
const OLD_ROWS = `
  INSERT INTO agents VALUES ('ws-1', 0, '0.1.0', 'run-1', 0);
  INSERT INTO definitions VALUES ('media', 1, 'd', 'DiskImage', '', '', 0);
  INSERT INTO builds VALUES ('b1', 'r1', 'h1', 'media', 1, 'm', 1, x'00', '', 1, 2, 0, '{"points":["local"],"made":[]}');
  INSERT INTO jobs VALUES ('j1', 'b1', 0, 'ws-1', '${CONSENT.driveId}', '${JSON.stringify(CONSENT)}', 'succeeded', '${JSON.stringify(ENDED)}');
  INSERT INTO attempts VALUES ('j1', 1, 1, '${"0".repeat(32)}', x'00', x'00', 1, 'run-1');
  INSERT INTO results VALUES ('j1', 1, 'x', '${JSON.stringify({ kind: "succeeded", proof: "read-back" })}', '${JSON.stringify(MEASURED)}', 2);
  INSERT INTO build_log VALUES ('b1', 1, 1, NULL, '${JSON.stringify(ORDERED)}');
  INSERT INTO build_log VALUES ('b1', 2, 1, NULL, '${JSON.stringify(ASSIGNED)}');
`;

test("a database of an earlier version is opened with its builds, their log and the sticks of their results", async () => {
  const path = join(await makeTemporaryFolder(onTestFinished), "controller.sqlite");
  const old = await Db.open(path);
  await old.exec(MIGRATIONS.slice(0, STEPS_BEFORE_POLICY).join(";"));
  await old.exec(`${OLD_ROWS}; PRAGMA user_version = ${STEPS_BEFORE_POLICY}`);
  await old.close();
  const opened = await openStore(path);
  if (!opened.ok) throw new Error(opened.problem.detail);
  onTestFinished(() => opened.value.close());
  const { builds, sticks } = storeOn(opened.value);
  expect((await builds.find("b1"))?.policy).toEqual(PLAIN_POLICY);
  expect((await builds.attempt("j1", 1))?.policy).toEqual(PLAIN_POLICY);
  expect((await builds.jobs("b1"))[0]?.consentedAtMs).toBe(1);
  expect((await builds.jobs("b1"))[0]?.label).toBeNull();
  expect((await builds.jobs("b1"))[0]?.consent).toEqual({ ...CONSENT, overrides: [] });
  const lines = await builds.log("b1", { after: 0, most: 9 });
  expect(lines.map(logLineToWire)).toMatchObject([
    { event: { $case: "ordered", value: { policy: undefined } } },
    { event: { $case: "turn", value: { policy: undefined } } },
  ]);
  const sighting = { agent: "ws-2", consent: { ...CONSENT, insertion: "b:2" } };
  expect(await sticks.history(sighting)).toMatchObject([
    { buildId: "b1", agent: "ws-1", evidence: { writtenBytes: 9, comparedBytes: 0 } },
  ]);
});
