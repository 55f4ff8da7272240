import { fail, ok } from "@stickfarm/common/result";
import { StickAttempt, StickView } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { startTestController } from "../test-controller.ts";

const ENDED_AT_MS = Date.UTC(2026, 10, 22, 8, 0, 0);

const GOOD = StickAttempt.fromPartial({
  buildId: "01JC0000000000000000000001",
  attempt: 1,
  stickId: "0".repeat(32),
  agent: "ws-1",
  bay: "usb-2-1",
  mediaName: "hq",
  mediaRevision: 3,
  outcome: "succeeded",
  proof: "read-back",
  evidence: { writtenBytes: 1_000_000, capacity: "probe" },
  endedAtMs: ENDED_AT_MS,
});
const BAD = StickAttempt.fromPartial({
  ...GOOD,
  attempt: 2,
  outcome: "failed",
  proof: "",
  dirty: true,
  problem: { code: "drive_gone" },
});
const STICK = StickView.fromPartial({
  key: "usb:0781:5583:4C530001",
  isKnownAgain: true,
  serial: "4C530001",
  model: "Ultra",
  sizeBytes: 8_000_000_000,
  firstAtMs: ENDED_AT_MS,
  good: 1,
  failed: 1,
  capacity: "probe",
  capacityAtMs: ENDED_AT_MS,
  writeBytesPerSecond: 20_000_000,
  last: BAD,
});
const WEAK = StickView.fromPartial({
  key: "ws-1/usb-port:2-2:0781:5583/a:1",
  serial: "\u001b[2J",
  capacity: "none",
  last: GOOD,
});

test("stick list has a line for each stick with what became of it last", async () => {
  const { run } = await startTestController(onTestFinished, {
    listSticks: () => ok({ sticks: [STICK, WEAK] }),
  });
  const { stdout } = await run(["stick", "list"]);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).toMatchInlineSnapshot(`
    "SERIAL        SIZE  LAST BUILD  WHEN                  RESULT                      CAPACITY  GOOD  FAILED  REPAIRED  AT
    4C530001  7.45 GiB  hq@3        2026-11-22T08:00:00Z  failed, dirty (drive_gone)  probe        1       1         0  ws-1/usb-2-1
    �[2J           0 B  hq@3        2026-11-22T08:00:00Z  read-back                   none         0       0         0  ws-1/usb-2-1
    "
  `);
});

test("stick show has what is known and every attempt", async () => {
  const { run } = await startTestController(onTestFinished, {
    getStick: ({ name }) =>
      name === "4C530001"
        ? ok({ sticks: [{ stick: STICK, attempts: [GOOD, BAD] }] })
        : fail({ code: "stick_not_recorded", detail: `Cannot show the stick "${name}"` }),
  });
  expect((await run(["stick", "show", "4C530001"])).stdout).toMatchInlineSnapshot(`
    "Serial:      4C530001
    Model:       Ultra
    Size:        7.45 GiB
    Known by:    its serial
    First build: 2026-11-22T08:00:00Z
    Capacity:    probe, 2026-11-22T08:00:00Z
    Writes:      20.0 MB/s
    Attempts:    1 good, 1 failed, 0 repaired

    WHEN                  MEDIA  RESULT                      CAPACITY  WRITTEN  REPAIRED  AT            BUILD                       ATTEMPT  STICK ID
    2026-11-22T08:00:00Z  hq@3   read-back                   probe     977 KiB         0  ws-1/usb-2-1  01JC0000000000000000000001        1  00000000000000000000000000000000
    2026-11-22T08:00:00Z  hq@3   failed, dirty (drive_gone)  probe     977 KiB         0  ws-1/usb-2-1  01JC0000000000000000000001        2  00000000000000000000000000000000
    "
  `);
  const json = await run(["stick", "show", "4C530001", "-o", "json"]);
  expect(JSON.parse(json.stdout)).toMatchObject([{ stick: { good: 1 }, attempts: [{}, {}] }]);
  const unknown = await run(["stick", "show", "none"]);
  expect([unknown.status, unknown.stderr]).toEqual([
    3,
    expect.stringContaining("[stick_not_recorded]"),
  ]);
});
