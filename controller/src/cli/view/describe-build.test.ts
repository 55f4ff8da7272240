import { diceOf } from "@stickfarm/common/test-dice";
import { expect, test } from "vitest";
import type { BuildPicture, JobPicture } from "../connect/build-picture.ts";
import { makeBuild, makeFailed, makeJob, makeRunning, makeSucceeded } from "../test-pictures.ts";
import { describeBuild, NOTHING_SAID } from "./describe-build.ts";

test("describeBuild() tells a build from its first line to its last", () => {
  const createdAtMs = 1_000_000;
  const ended = { state: "partial", createdAtMs, endedAtMs: createdAtMs + 252_000 } as const;
  const waiting = makeJob("2", { waiting: ["the agent runs as many as it may"] });
  const lines = tell([
    makeBuild([makeJob("1"), waiting]),
    makeBuild([makeJob("1", { state: "assigned", attempt: 1, phase: "fetch" }), waiting]),
    makeBuild([makeRunning("1", "write", 2), waiting]),
    makeBuild([makeRunning("1", "write", 12), waiting]),
    makeBuild([makeRunning("1", "write", 17), waiting]),
    makeBuild([makeRunning("1", "write", 55), waiting]),
    makeBuild([makeRunning("1", "write", 100), waiting]),
    makeBuild([makeRunning("1", "verify", 0), makeRunning("2", "write", 1)]),
    makeBuild([makeSucceeded("1"), makeFailed("2")]),
    makeBuild([makeSucceeded("1"), makeFailed("2")], ended),
    makeBuild([makeSucceeded("1"), makeFailed("2")], ended),
  ]);
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "build 01JD0000000000000000000001: hq-bare-metal@3 on 2 drives
    ws-1/1 SN0001: waiting
    ws-1/2 SN0002: waiting, the agent runs as many as it may
    ws-1/1 SN0001: fetch
    ws-1/1 SN0001: write
    ws-1/1 SN0001: write 10% of 3.73 GiB, 21.4 MB/s, 5m 51s left
    ws-1/1 SN0001: write 50% of 3.73 GiB, 21.4 MB/s, 4m 31s left
    ws-1/1 SN0001: write 90% of 3.73 GiB, 21.4 MB/s, 3m 07s left
    ws-1/1 SN0001: verify
    ws-1/2 SN0002: write
    ws-1/1 SN0001: done, read-back in 2m 32s
    ws-1/2 SN0002 (attempt 2): failed, Cannot verify the drive in bay "2": bytes 3221225472 to 3221487616 differ from what was written [verify_mismatch]; the stick is dirty and does not boot
    build 01JD0000000000000000000001 partial: 1 of 2 sticks good in 4m 12s"
  `);
});

test("describeBuild() takes a picture that came late for no news", () => {
  const first = makeRunning("1", "write", 55);
  expect(tell([makeBuild([first]), makeBuild([{ ...first, doneBytes: 1 }])])).toHaveLength(2);
});

test("describeBuild() says of a good stick that it had to be repaired", () => {
  const stick = makeSucceeded("1");
  if (stick.evidence === null) throw new Error("no evidence");
  const evidence = { ...stick.evidence, repairedRanges: 1, repairedBytes: 262_144 };
  expect(tell([makeBuild([{ ...stick, evidence }])])).toContain(
    "ws-1/1 SN0001: done, read-back in 2m 32s, repaired 1 range, 256 KiB",
  );
});

test("describeBuild() tells another attempt", () => {
  const again = { ...makeRunning("1", "write", 1), attempt: 2 };
  expect(tell([makeBuild([makeRunning("1", "write", 1)]), makeBuild([again])]).at(-1)).toBe(
    "ws-1/1 SN0001 (attempt 2): write",
  );
});

test("describeBuild() tells why a drive waits each time that the reason changes", () => {
  const lines = tell(
    [["away for 3 s"], ["away for 14 s"], ["bay empty", "away for 14 s"]].map((waiting) =>
      makeBuild([makeJob("1", { waiting })]),
    ),
  );
  expect(lines.slice(1)).toEqual([
    "ws-1/1 SN0001: waiting, away for 3 s",
    "ws-1/1 SN0001: waiting, bay empty, away for 14 s",
  ]);
});

test("describeBuild() says nothing twice in 200 seeded builds", () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= 200; seed++) {
    const lines = tell(randomHistory(diceOf(seed)));
    if (new Set(lines).size !== lines.length) broken.push(`seed ${seed}: ${lines.join(" | ")}`);
    if (lines.length > 25) broken.push(`seed ${seed}: ${lines.length} lines`);
  }
  expect(broken).toEqual([]);
});

test("describeBuild() lets no drive steer the terminal or break its line", () => {
  const serial = "\u001b[2J\u202e\r\nX";
  const lines = tell([makeBuild([{ ...makeFailed("1"), serial }])]);
  expect(lines.join("")).not.toMatch(/\p{C}/u);
});

function tell(pictures: readonly BuildPicture[]): string[] {
  let said = NOTHING_SAID;
  return pictures.flatMap((picture) => {
    const told = describeBuild(said, picture);
    said = told.said;
    return told.lines;
  });
}

/** One drive that is written and verified, with pictures that are repeated and come late. */
function randomHistory(random: () => number): BuildPicture[] {
  const jobs: JobPicture[] = [];
  for (const phase of ["write", "verify"] as const)
    for (let percent = 0; percent <= 100; percent += random() * 7) {
      const late = Math.max(0, percent - (random() < 0.2 ? 30 : 0));
      const job = { ...makeRunning("1", phase, late), rateBytesPerSecond: null };
      jobs.push(...(random() < 0.3 ? [job, job] : [job]));
    }
  return [...jobs, makeSucceeded("1"), makeSucceeded("1")].map((job) => makeBuild([job]));
}
