import type { BuildLogEvent, JobTurn } from "@stickfarm/common/build/build-log";
import { NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import { OPEN_POLICY, PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import { expect, test } from "vitest";
import { renderLogLine } from "./render-log.ts";

const AT_MS = Date.UTC(2026, 10, 22, 9, 0, 0);
const DRIVE = { jobId: "j", agent: "ws-1", bay: "1", serial: "A1" };
const EVIDENCE = {
  ...NO_EVIDENCE,
  manifestSha256: "c".repeat(64),
  writtenBytes: 1_000_000,
  verifiedBytes: 2_000_000,
  totalMs: 3_000,
};

function render(event: BuildLogEvent): string {
  return renderLogLine({ number: 1, atMs: AT_MS, event });
}

test("renderLogLine() names every input of an order, a secret one by its name only", () => {
  const order = {
    media: { name: "hq", revision: 3, digest: "a".repeat(8) },
    manifestSha256: "c".repeat(8),
    label: "HQ",
    bootImage: "winpe",
    taskSequence: null,
    prestart: { command: "cmd /C ask.cmd", package: "ask" },
    variables: [
      { kind: "plain", name: "OSDTimeZone", value: "UTC" },
      { kind: "ask", name: "OSDComputerName" },
      { kind: "secret", name: "JoinPassword" },
    ],
    certificate: {
      kind: "selfSigned",
      thumbprint: "AB".repeat(4),
      subject: "CN=hq",
      notAfterMs: AT_MS,
    },
    contents: [{ name: "winpe", digest: "d".repeat(8) }],
    distributionPoints: ["oslo", "local"],
    policy: OPEN_POLICY,
  } as const;
  expect(render({ kind: "ordered", order, drives: [DRIVE] })).toMatchInlineSnapshot(`
    "2026-11-22T09:00:00.000Z  ordered hq@3
        revision: aaaaaaaa
        manifest: cccccccc
        label: HQ
        boot image: winpe
        content: winpe  dddddddd
        distribution points: oslo, local
        writing: rewrite auto, proof by the stick's record, capacity check by the stick's record
        prestart command: cmd /C ask.cmd
        prestart package: ask
        certificate: CN=hq, selfSigned, thumbprint ABABABAB, until 2026-11-22T09:00:00Z
        variable: OSDTimeZone = "UTC"
        variable: OSDComputerName is asked at boot
        variable: JoinPassword = ***
        drive: ws-1/1 A1
    "
  `);
});

const TURNS: readonly JobTurn[] = [
  {
    kind: "serialTyped",
    operator: "chief",
    asks: [{ code: "drive_foreign_content", detail: 'Cannot erase by a yes: it holds "ext4"' }],
  },
  { kind: "assigned", attempt: 1, fence: 7, policy: PLAIN_POLICY },
  { kind: "assigned", attempt: 1, fence: 8, policy: null },
  { kind: "leaseGranted", attempt: 1, fence: 7 },
  { kind: "phase", attempt: 1, phase: "seal" },
  { kind: "warned", attempt: 1, problem: { code: "drive_hung", detail: "No answer for 120 s" } },
  {
    kind: "result",
    attempt: 1,
    outcome: { kind: "succeeded", proof: "read-back" },
    evidence: EVIDENCE,
  },
  { kind: "result", attempt: 2, outcome: { kind: "canceled", dirty: false }, evidence: EVIDENCE },
  {
    kind: "result",
    attempt: 3,
    outcome: {
      kind: "failed",
      dirty: true,
      problem: { code: "drive_gone", detail: "Cannot go on" },
    },
    evidence: EVIDENCE,
  },
  { kind: "withdrawn" },
  { kind: "refused", problem: { code: "drive_gone", detail: "Cannot begin" } },
  { kind: "retried" },
];

test("renderLogLine() says of each turn whose it was", () => {
  const turns = TURNS.map((turn) => ({ kind: "job", drive: DRIVE, turn }) as const);
  const events: BuildLogEvent[] = [
    ...turns,
    { kind: "cancelAsked" },
    { kind: "ended", state: "partial" },
  ];
  expect(events.map(render).join("")).toMatchInlineSnapshot(`
    "2026-11-22T09:00:00.000Z  ws-1/1 A1: operator "chief" typed its serial: Cannot erase by a yes: it holds "ext4" [drive_foreign_content]
    2026-11-22T09:00:00.000Z  ws-1/1 A1: attempt 1 assigned, fence 7; rewrite full, proof read-back, capacity check none
    2026-11-22T09:00:00.000Z  ws-1/1 A1: attempt 1 assigned, fence 8
    2026-11-22T09:00:00.000Z  ws-1/1 A1: attempt 1 may erase the stick
    2026-11-22T09:00:00.000Z  ws-1/1 A1: attempt 1 reached seal
    2026-11-22T09:00:00.000Z  ws-1/1 A1: attempt 1 warns: No answer for 120 s [drive_hung]
    2026-11-22T09:00:00.000Z  ws-1/1 A1: attempt 1 succeeded, proof read-back, sealed; wrote 977 KiB, verified 1.91 MiB in 3.0s; acknowledged
    2026-11-22T09:00:00.000Z  ws-1/1 A1: attempt 2 canceled, the stick was not touched; wrote 977 KiB, verified 1.91 MiB in 3.0s; acknowledged
    2026-11-22T09:00:00.000Z  ws-1/1 A1: attempt 3 failed, the stick is dirty: Cannot go on [drive_gone]; wrote 977 KiB, verified 1.91 MiB in 3.0s; acknowledged
    2026-11-22T09:00:00.000Z  ws-1/1 A1: withdrawn before it began
    2026-11-22T09:00:00.000Z  ws-1/1 A1: refused: Cannot begin [drive_gone]
    2026-11-22T09:00:00.000Z  ws-1/1 A1: retried
    2026-11-22T09:00:00.000Z  cancel was asked for
    2026-11-22T09:00:00.000Z  build partial
    "
  `);
});

test("renderLogLine() says what had to be written again", () => {
  const evidence = { ...EVIDENCE, repairedRanges: 2, repairedBytes: 524_288 };
  const outcome = { kind: "succeeded", proof: "read-back" } as const;
  const turn: JobTurn = { kind: "result", attempt: 1, outcome, evidence };
  expect(render({ kind: "job", drive: DRIVE, turn })).toContain(
    "verified 1.91 MiB in 3.0s, repaired 2 ranges, 512 KiB;",
  );
});

test("renderLogLine() leaves a terminal alone, whatever a drive calls itself", () => {
  const drive = { ...DRIVE, serial: "A1\n\u001b[2J" };
  expect(render({ kind: "job", drive, turn: { kind: "withdrawn" } })).not.toMatch(/[^\P{C}\n]/u);
});

test("renderLogLine() tells what was checked before the write, and what was there already", () => {
  const evidence = { ...EVIDENCE, capacity: "probe", comparedBytes: 500_000 } as const;
  const outcome = { kind: "succeeded", proof: "compared" } as const;
  const turn = { kind: "result", attempt: 1, outcome, evidence } as const;
  expect(render({ kind: "job", drive: DRIVE, turn })).toContain(
    "proof compared, sealed; capacity check probe, wrote 977 KiB, found 488 KiB as it shall be, verified",
  );
});
