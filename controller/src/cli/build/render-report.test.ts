import { OPEN_POLICY } from "@stickfarm/common/build/write-policy";
import { expect, test } from "vitest";
import { makeBuild, makeFailed, makeJob, makeRunning, makeSucceeded } from "../test-pictures.ts";
import { makeReport, renderReport } from "./render-report.ts";

const CREATED_AT_MS = Date.UTC(2026, 10, 22, 9, 0, 0);
const PARTIAL = makeReport(
  makeBuild(
    [makeSucceeded("1"), makeFailed("2"), makeJob("3", { state: "canceled", attempt: 1 })],
    {
      state: "partial",
      imageSha256: "e".repeat(64),
      policy: OPEN_POLICY,
      endedAtMs: CREATED_AT_MS + 252_000,
    },
  ),
);

test("renderReport() has a line for each stick and every problem below", () => {
  expect(renderReport(PARTIAL, { color: false })).toMatchInlineSnapshot(`
    "Build:            01JD0000000000000000000001
    State:            partial, 1 of 3 sticks good
    Media:            hq-bare-metal@3
    Revision digest:  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    Manifest SHA-256: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc
    Image SHA-256:    eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
    Writing:          rewrite auto, proof by the stick's record, capacity check by the stick's record
    Started:          2026-11-22T09:00:00Z
    Ended:            2026-11-22T09:04:12Z
    Took:             4m 12s

    DRIVE   SERIAL  RESULT         PROOF       WRITTEN  VERIFIED  ALREADY ZERO  COMPARED  CAPACITY      WRITE     VERIFY    TOOK  ATTEMPT  PROBLEM
    ws-1/1  SN0001  succeeded      read-back  1.86 GiB  3.73 GiB      1.86 GiB       0 B  none      20.0 MB/s  80.0 MB/s  2m 32s        1
    ws-1/2  SN0002  failed, dirty                                                                                                       2  verify_mismatch
    ws-1/3  SN0003  canceled                                                                                                            1

    ws-1/2: Cannot verify the drive in bay "2": bytes 3221225472 to 3221487616 differ from what was written [verify_mismatch]
        The stick returns other bytes than were written: discard it if a retry fails too
    "
  `);
});

test("renderReport() of a build that runs leaves out what is not known", () => {
  const text = renderReport(makeReport(makeBuild([makeRunning("1", "write", 5)])), {
    color: false,
  });
  expect(text).not.toMatch(/Ended|Took:|Image/);
  expect(text).toContain("running, 0 of 1 sticks good");
});

test("renderReport() never counts a repaired stick as a clean one", () => {
  const stick = makeSucceeded("1");
  if (stick.evidence === null) throw new Error("no evidence");
  const evidence = { ...stick.evidence, repairedRanges: 2, repairedBytes: 524_288 };
  const problem = { code: "drive_repaired", detail: "Cannot call it good", remedy: "Use another" };
  const refused = { ...makeFailed("3"), evidence, problem };
  const build = makeBuild([{ ...stick, evidence }, makeSucceeded("2"), refused]);
  const text = renderReport(makeReport(build), { color: false });
  expect(text).toContain("2 of 3 sticks good, 1 of them repaired");
  expect(text).toContain("succeeded, repaired 2 ranges, 512 KiB ");
  expect(text).toContain("failed, repaired 2 ranges, 512 KiB, dirty ");
});

test("makeReport() gives speeds only for what took time", () => {
  const [good, bad] = PARTIAL.sticks;
  expect(good).toMatchObject({
    writeBytesPerSecond: 20_000_000,
    verifyBytesPerSecond: 80_000_000,
  });
  expect(bad).toMatchObject({ writeBytesPerSecond: null, verifyBytesPerSecond: null });
});

test("renderReport() lets no drive steer the terminal", () => {
  const nasty = "\u001b[2J\u202e\r\nX";
  const problem = { code: nasty, detail: nasty, remedy: nasty };
  const stick = { ...makeFailed("1"), serial: nasty, agent: nasty, proof: nasty, problem };
  const text = renderReport(makeReport(makeBuild([stick])), { color: false });
  expect(text).not.toMatch(/[^\P{C}\n]/u);
});
