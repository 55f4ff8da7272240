import { BuildLogLine as WireLine } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import type { BuildLogEvent, JobTurn } from "../build/build-log.ts";
import { NO_EVIDENCE } from "../build/evidence.ts";
import { OPEN_POLICY, PLAIN_POLICY } from "../build/write-policy.ts";
import { logLineFromWire, logLineToWire } from "./build-log.ts";

const SHA256 = "ab".repeat(32);
const DRIVE = { jobId: "j", agent: "ws-1", bay: "1", serial: "A1" };
const EVIDENCE = { manifestSha256: SHA256, ...NO_EVIDENCE, writtenBytes: 9 };

const TURNS: readonly JobTurn[] = [
  {
    kind: "serialTyped",
    operator: "chief",
    asks: [{ code: "drive_foreign_content", detail: "it holds ext4" }],
  },
  { kind: "assigned", attempt: 1, fence: 7, policy: PLAIN_POLICY },
  { kind: "assigned", attempt: 1, fence: 7, policy: null },
  { kind: "leaseGranted", attempt: 1, fence: 7 },
  { kind: "phase", attempt: 1, phase: "verify" },
  { kind: "warned", attempt: 1, problem: { code: "drive_hung", detail: "no answer" } },
  {
    kind: "result",
    attempt: 1,
    outcome: { kind: "succeeded", proof: "read-back" },
    evidence: EVIDENCE,
  },
  { kind: "result", attempt: 2, outcome: { kind: "canceled", dirty: true }, evidence: EVIDENCE },
  {
    kind: "result",
    attempt: 3,
    outcome: { kind: "failed", dirty: true, problem: { code: "write_failed", detail: "at 5" } },
    evidence: EVIDENCE,
  },
  { kind: "withdrawn" },
  { kind: "refused", problem: { code: "drive_busy", detail: "held" } },
  { kind: "retried" },
];

const ORDER = {
  media: { name: "hq", revision: 2, digest: SHA256 },
  manifestSha256: SHA256,
  label: null,
  bootImage: null,
  taskSequence: null,
  prestart: null,
  variables: [],
  certificate: null,
  contents: [],
  distributionPoints: [],
  policy: null,
};

const EVENTS: readonly BuildLogEvent[] = [
  { kind: "ordered", order: ORDER, drives: [] },
  {
    kind: "ordered",
    order: {
      ...ORDER,
      label: "HQ",
      bootImage: "winpe",
      taskSequence: "w11",
      prestart: { command: "cmd /C x", package: "ask" },
      variables: [
        { kind: "plain", name: "A", value: "1" },
        { kind: "ask", name: "B" },
        { kind: "secret", name: "C" },
      ],
      certificate: {
        kind: "pkcs12",
        thumbprint: "AB".repeat(20),
        subject: "CN=hq",
        notAfterMs: 1_800_000_000_000,
      },
      contents: [{ name: "winpe", digest: SHA256 }],
      distributionPoints: ["local", "oslo"],
      policy: { ...OPEN_POLICY, proof: "compared" },
    },
    drives: [DRIVE],
  },
  { kind: "cancelAsked" },
  { kind: "ended", state: "partial" },
  ...TURNS.map((turn) => ({ kind: "job", drive: DRIVE, turn }) as const),
];

test.each(EVENTS)("logLineFromWire() gives back what logLineToWire() sent: %j", (event) => {
  const line = { number: 3, atMs: 1_790_000_000_000, event };
  const bytes = WireLine.encode(logLineToWire(line)).finish();
  expect(logLineFromWire(WireLine.decode(bytes))).toEqual({ ok: true, value: line });
});

test.each([
  ["nothing in it", undefined],
  ["a state of a newer program", { $case: "ended", value: { state: "odd" } }],
  ["a turn of a newer program", turnOf({ kind: "blessed", attempt: 1 })],
  ["a phase of a newer program", turnOf({ kind: "phase", attempt: 1, phase: 99 })],
  ["a failure without a problem", turnOf({ kind: "failed", attempt: 1 })],
] as const)("logLineFromWire() refuses a line with %s", (_, event) => {
  const wire = WireLine.fromPartial({ number: 4, atMs: 1 });
  expect(logLineFromWire({ ...wire, event: event as WireLine["event"] })).toMatchObject({
    ok: false,
    problem: { code: "protocol_unsupported", detail: expect.stringMatching(/line 4/) },
  });
});

function turnOf(turn: object) {
  return { $case: "turn", value: { ...turn, drive: DRIVE } };
}
