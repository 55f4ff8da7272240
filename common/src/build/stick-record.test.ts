import { expect, test } from "vitest";
import { NO_EVIDENCE } from "./evidence.ts";
import type { AttemptOutcome } from "./job-state.ts";
import { capacityShown, foldStick, type StickAttempt } from "./stick-record.ts";

const GIB = 2 ** 30;
const STRONG = {
  driveId: "usb:0781:5583:4C530001",
  bay: "usb-2-1",
  serial: "4C530001",
  sizeBytes: 8 * GIB,
  insertion: "boot:1",
  overrides: [],
};
const WEAK = { ...STRONG, driveId: "usb-port:2-1:0781:5583" };
const GOOD: AttemptOutcome = { kind: "succeeded", proof: "read-back" };

function attempt(endedAtMs: number, fields: Partial<StickAttempt> = {}): StickAttempt {
  return {
    buildId: "b",
    jobId: "j",
    attempt: 1,
    stickId: "0".repeat(32),
    agent: "ws-1",
    consent: STRONG,
    model: "Ultra",
    media: { name: "hq", revision: 1 },
    manifestSha256: "a".repeat(64),
    outcome: GOOD,
    evidence: evidence(),
    endedAtMs,
    ...fields,
  };
}

function evidence(fields: Partial<StickAttempt["evidence"]> = {}) {
  return { manifestSha256: "a".repeat(64), ...NO_EVIDENCE, ...fields };
}

const PROBED = evidence({ capacity: "probe" });
const failed = (dirty: boolean): AttemptOutcome => ({
  kind: "failed",
  dirty,
  problem: { code: "drive_gone", detail: "" },
});

test("foldStick() of nothing is nothing", () => {
  expect(foldStick([])).toBeNull();
});

test("foldStick() counts what came of the attempts, and shows the last", () => {
  const last = attempt(4, { agent: "ws-2", evidence: evidence({ repairedRanges: 1 }) });
  const record = foldStick([
    attempt(1),
    attempt(2, { outcome: failed(true) }),
    attempt(3, { outcome: { kind: "canceled", dirty: true } }),
    last,
  ]);
  expect(record).toMatchObject({ firstAtMs: 1, good: 2, failed: 1, repaired: 1, last });
});

test("foldStick() gives the newest speeds that were measured for long enough", () => {
  const measured = evidence({ writtenBytes: 4e8, writeMs: 20_000, verifiedBytes: 2, verifyMs: 9 });
  const short = evidence({ writtenBytes: 4e8, writeMs: 999 });
  const older = evidence({ writtenBytes: 4e8, writeMs: 10_000 });
  const record = foldStick(
    [older, measured, short].map((evidence, at) => attempt(at, { evidence })),
  );
  expect(record).toMatchObject({ writeBytesPerSecond: 2e7, readBytesPerSecond: null });
});

test.each([
  ["nothing was checked", [attempt(1)], null],
  ["it has passed", [attempt(1, { evidence: PROBED }), attempt(2)], { check: "probe", atMs: 1 }],
  ["it failed with the check", [attempt(1, { evidence: PROBED, outcome: failed(true) })], null],
  [
    "it failed dirty since",
    [attempt(1, { evidence: PROBED }), attempt(2, { outcome: failed(true) })],
    null,
  ],
  [
    "it failed untouched since",
    [attempt(1, { evidence: PROBED }), attempt(2, { outcome: failed(false) })],
    { check: "probe", atMs: 1 },
  ],
  [
    "it showed another size then",
    [attempt(1, { evidence: PROBED, consent: { ...STRONG, sizeBytes: 64 * GIB } })],
    null,
  ],
  [
    "it was plugged in again since",
    [attempt(1, { evidence: PROBED, consent: { ...STRONG, insertion: "boot:0" } })],
    { check: "probe", atMs: 1 },
  ],
] as const)("capacityShown() of a stick with a serial when %s", (_, attempts, shown) => {
  expect(capacityShown(attempts, STRONG)).toEqual(shown);
});

test("capacityShown() believes a stick that is known by its port for one insertion", () => {
  const passed = [attempt(1, { evidence: PROBED, consent: WEAK })];
  expect(capacityShown(passed, WEAK)).toEqual({ check: "probe", atMs: 1 });
  expect(capacityShown(passed, { ...WEAK, insertion: "boot:2" })).toBeNull();
});
