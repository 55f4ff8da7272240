import { StickHistory } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import { NO_EVIDENCE } from "../build/evidence.ts";
import type { StickAttempt } from "../build/stick-record.ts";
import { stickHistoryToWire } from "./stick.ts";

const GOOD: StickAttempt = {
  buildId: "b",
  jobId: "j",
  attempt: 1,
  stickId: "0".repeat(32),
  agent: "ws-1",
  consent: {
    driveId: "usb:0781:5583:4C530001",
    bay: "usb-2-1",
    serial: "4C530001",
    sizeBytes: 2 ** 33,
    insertion: "a:1",
    overrides: ["drive_too_large"],
  },
  model: "Ultra",
  media: { name: "hq", revision: 3 },
  manifestSha256: "a".repeat(64),
  outcome: { kind: "succeeded", proof: "read-back" },
  evidence: { manifestSha256: "a".repeat(64), ...NO_EVIDENCE, capacity: "probe" },
  endedAtMs: 1_790_000_000_000,
};

test("stickHistoryToWire() of nothing is nothing", () => {
  expect(stickHistoryToWire([])).toBeNull();
});

test("stickHistoryToWire() tells what is known and what was done, through the encoded bytes", () => {
  const problem = { code: "drive_gone", detail: "at 5" } as const;
  const failed = {
    ...GOOD,
    attempt: 2,
    outcome: { kind: "failed", problem, dirty: true },
  } as const;
  const wire = stickHistoryToWire([GOOD, failed]);
  const bytes = StickHistory.encode(wire ?? StickHistory.create()).finish();
  const { stick, attempts } = StickHistory.decode(bytes);
  expect(stick).toMatchObject({
    ...{ isKnownAgain: true, serial: "4C530001", model: "Ultra", sizeBytes: 2 ** 33 },
    ...{ good: 1, failed: 1, repaired: 0, capacity: "none", capacityAtMs: 0 },
    last: {
      attempt: 2,
      outcome: "failed",
      dirty: true,
      proof: "",
      problem: { code: "drive_gone" },
    },
  });
  expect(attempts).toMatchObject([
    {
      ...{ outcome: "succeeded", proof: "read-back", dirty: false, bay: "usb-2-1" },
      ...{ mediaName: "hq", mediaRevision: 3, evidence: { capacity: "probe" } },
    },
    { outcome: "failed" },
  ]);
});
