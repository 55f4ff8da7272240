import stringWidth from "string-width";
import { expect, test } from "vitest";
import type { BuildPicture } from "../connect/build-picture.ts";
import { makeBuild, makeFailed, makeJob, makeRunning, makeSucceeded } from "../test-pictures.ts";
import { observeBuild } from "./observe-build.ts";
import { type RenderOptions, renderBuild } from "./render-build.ts";

const WIDE: RenderOptions = { columns: 108, rows: null, color: false, utf8: true, nowMs: 1000 };

const MIXED = makeBuild([
  makeRunning("1", "write", 73.4),
  makeRunning("2", "verify", 32.1),
  makeJob("3", { state: "running", attempt: 1, phase: "claim" }),
  makeJob("4", { state: "assigned", attempt: 1, phase: "fetch", doneBytes: 5, totalBytes: 10 }),
  makeSucceeded("5"),
  makeFailed("6"),
  makeJob("7", {
    waiting: [
      'agent "ws-1" is disconnected for 3m 12s',
      'bay "7" holds another drive than was consented to',
    ],
  }),
  makeJob("8", { state: "canceled", attempt: 1, dirty: true }),
]);

test("renderBuild() draws a line for each drive at 108 columns", () => {
  expect(draw(MIXED, WIDE)).toMatchInlineSnapshot(`
    "hq-bare-metal@3  running  8 drives · 4 running · 1 done · 1 failed · 1 canceled · 1 waiting  42.8 MB/s
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────
    ws-1/1  SN0001  write     █████████████████████████████▎··········   73.4%  21.4 MB/s  left  3m 57s
    ws-1/2  SN0002  verify    ████████████▊···························   32.1%  21.4 MB/s  left  2m 07s
    ws-1/3  SN0003  claim     reading the drive's identity again
    ws-1/4  SN0004  fetch     ████████████████████····················   50.0%
    ws-1/5  SN0005  done      read-back in 2m 32s
    ws-1/6  SN0006  failed    Cannot verify the drive in bay "6": bytes 3221225472 to 3221487616 differ from
                              what was written [verify_mismatch]; the stick is dirty and does not boot
    ws-1/7  SN0007  waiting   agent "ws-1" is disconnected for 3m 12s; bay "7" holds another drive than was
                              consented to
    ws-1/8  SN0008  canceled  the stick is dirty and does not boot"
  `);
});

test("renderBuild() gives up the time left, then the rate, then the serial on narrow terminals", () => {
  expect(draw(MIXED, { ...WIDE, columns: 64 })).toMatchInlineSnapshot(`
    "hq-bare-metal@3  running  42.8 MB/s
    8 drives · 4 running · 1 done · 1 failed · 1 canceled · 1 waiti…
    ────────────────────────────────────────────────────────────────
    ws-1/1  SN0001  write     █████████████▉·····   73.4%  21.4 MB/s
    ws-1/2  SN0002  verify    ██████·············   32.1%  21.4 MB/s
    ws-1/3  SN0003  claim     reading the drive's identity again
    ws-1/4  SN0004  fetch     █████████▌·········   50.0%
    ws-1/5  SN0005  done      read-back in 2m 32s
    ws-1/6  SN0006  failed    Cannot verify the drive in bay "6":
                              bytes 3221225472 to 3221487616 differ
                              from what was written
                              [verify_mismatch]; the stick is dirty
                              and does not boot
    ws-1/7  SN0007  waiting   agent "ws-1" is disconnected for 3m
                              12s; bay "7" holds another drive than
                              was consented to
    ws-1/8  SN0008  canceled  the stick is dirty and does not boot"
  `);
  expect(draw(MIXED, { ...WIDE, columns: 40 })).toMatchInlineSnapshot(`
    "hq-bare-metal@3  running  42.8 MB/s
    8 drives · 4 running · 1 done · 1 faile…
    ────────────────────────────────────────
    ws-1/1  write     ██████████▎···   73.4%
    ws-1/2  verify    ████▍·········   32.1%
    ws-1/3  claim
        reading the drive's identity again
    ws-1/4  fetch     ███████·······   50.0%
    ws-1/5  done      read-back in 2m 32s
    ws-1/6  failed
        Cannot verify the drive in bay "6":
        bytes 3221225472 to 3221487616
        differ from what was written
        [verify_mismatch]; the stick is
        dirty and does not boot
    ws-1/7  waiting
        agent "ws-1" is disconnected for 3m
        12s; bay "7" holds another drive
        than was consented to
    ws-1/8  canceled
        the stick is dirty and does not boot"
  `);
});

test("renderBuild() draws with ASCII where the locale has no UTF-8", () => {
  const text = draw(MIXED, { ...WIDE, columns: 80, utf8: false });
  expect(text).toMatchInlineSnapshot(`
    "hq-bare-metal@3  running  42.8 MB/s
    8 drives, 4 running, 1 done, 1 failed, 1 canceled, 1 waiting
    --------------------------------------------------------------------------------
    ws-1/1  SN0001  write     ###############......   73.4%  21.4 MB/s  left  3m 57s
    ws-1/2  SN0002  verify    ######...............   32.1%  21.4 MB/s  left  2m 07s
    ws-1/3  SN0003  claim     reading the drive's identity again
    ws-1/4  SN0004  fetch     ##########...........   50.0%
    ws-1/5  SN0005  done      read-back in 2m 32s
    ws-1/6  SN0006  failed    Cannot verify the drive in bay "6": bytes 3221225472
                              to 3221487616 differ from what was written
                              [verify_mismatch]; the stick is dirty and does not
                              boot
    ws-1/7  SN0007  waiting   agent "ws-1" is disconnected for 3m 12s; bay "7" holds
                              another drive than was consented to
    ws-1/8  SN0008  canceled  the stick is dirty and does not boot"
  `);
  expect(text).toMatch(/^[ -~\n]*$/);
});

test("renderBuild() colors what runs, what is good and what is bad", () => {
  const build = makeBuild([makeRunning("1", "write", 50), makeSucceeded("2"), makeFailed("3")]);
  expect(
    JSON.stringify(draw(build, { ...WIDE, columns: 120, color: true }).split("\n"), null, 1),
  ).toMatchInlineSnapshot(`
      "[
       "\\u001b[1mhq-bare-metal@3\\u001b[22m  running  3 drives · 1 running · 1 done · 1 failed  21.4 MB/s · left 4m 40s",
       "\\u001b[2m────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────\\u001b[22m",
       "ws-1/1  \\u001b[2mSN0001  \\u001b[22m\\u001b[36mwrite     \\u001b[39m\\u001b[36m████████████████████\\u001b[39m\\u001b[2m····················\\u001b[22m   50.0%  21.4 MB/s  left  4m 40s",
       "ws-1/2  \\u001b[2mSN0002  \\u001b[22m\\u001b[32mdone      \\u001b[39mread-back in 2m 32s",
       "ws-1/3  \\u001b[2mSN0003  \\u001b[22m\\u001b[31mfailed    \\u001b[39m\\u001b[31mCannot verify the drive in bay \\"3\\": bytes 3221225472 to 3221487616 differ from what was\\u001b[39m",
       "\\u001b[31m                          written [verify_mismatch]; the stick is dirty and does not boot\\u001b[39m"
      ]"
    `);
});

test("renderBuild() says since when a drive stands still, and stops guessing the end", () => {
  const build = makeBuild([makeRunning("1", "write", 50), makeRunning("2", "write", 60)]);
  const later = makeBuild([makeRunning("1", "write", 51), makeRunning("2", "write", 60)]);
  const watched = observeBuild(observeBuild(null, build, 0), later, 11_000);
  expect(renderBuild(watched, { ...WIDE, nowMs: 12_400 }).join("\n")).toMatchInlineSnapshot(`
    "hq-bare-metal@3  running  2 drives · 2 running  21.4 MB/s
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────
    ws-1/1  SN0001  write     ████████████████████▍···················   51.0%  21.4 MB/s  left  4m 39s
    ws-1/2  SN0002  write     ████████████████████████················   60.0%  no progress for 12 s"
  `);
  expect(
    renderBuild(watched, { ...WIDE, columns: 56, nowMs: 12_400 }).join("\n"),
  ).toMatchInlineSnapshot(`
    "hq-bare-metal@3  running  21.4 MB/s
    2 drives · 2 running
    ────────────────────────────────────────────────────────
    ws-1/1  SN0001  write     █████▌·····   51.0%  21.4 MB/s
    ws-1/2  SN0002  write     60.0% no progress for 12 s"
  `);
});

test("renderBuild() says that a drive does not answer, once its agent does", () => {
  const silent = { ...makeRunning("1", "write", 50), silentMs: 31_400 };
  const watched = observeBuild(null, makeBuild([silent]), 0);
  const text = renderBuild(watched, { ...WIDE, nowMs: 12_400 }).join("\n");
  expect(text).toContain("50.0% no answer from the drive for 31 s");
  expect(text).not.toContain("no progress");
});

test("renderBuild() says it also where only one short line is left for a drive", () => {
  const build = makeBuild([1, 2, 3, 4].map((bay) => makeRunning(String(bay), "write", 50)));
  const watched = observeBuild(null, build, 0);
  const look = { ...WIDE, columns: 50, rows: 6, nowMs: 9_000 };
  expect(renderBuild(watched, look).join("\n")).toContain(
    "ws-1/1  SN0001  write     50.0% no progress for 9…",
  );
});

test("renderBuild() counts the drives that do not fit, and shows those that went wrong", () => {
  const jobs = [
    ...[1, 2, 3].map((bay) => makeSucceeded(String(bay))),
    ...[4, 5, 6].map((bay) => makeRunning(String(bay), "write", 10 * bay)),
    makeFailed("7"),
    makeJob("8", { waiting: ["the agent runs as many as it may"] }),
  ];
  expect(draw(makeBuild(jobs), { ...WIDE, rows: 7 })).toMatchInlineSnapshot(`
    "hq-bare-metal@3  running  8 drives · 3 running · 3 done · 1 failed · 1 waiting  64.2 MB/s
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────
    ws-1/4  SN0004  write     ████████████████························   40.0%  21.4 MB/s  left  4m 59s
    ws-1/5  SN0005  write     ████████████████████····················   50.0%  21.4 MB/s  left  4m 40s
    ws-1/6  SN0006  write     ████████████████████████················   60.0%  21.4 MB/s  left  4m 22s
    ws-1/7  SN0007  failed    Cannot verify the drive in bay "7": bytes 3221225472 to 3221487616 differ from wh…
    4 more: 3 done · 1 waiting"
  `);
});

test("renderBuild() cuts reasons before it leaves a drive out", () => {
  expect(draw(MIXED, { ...WIDE, columns: 80, rows: 10 })).toMatchInlineSnapshot(`
    "hq-bare-metal@3  running  42.8 MB/s
    8 drives · 4 running · 1 done · 1 failed · 1 canceled · 1 waiting
    ────────────────────────────────────────────────────────────────────────────────
    ws-1/1  SN0001  write     ███████████████▍·····   73.4%  21.4 MB/s  left  3m 57s
    ws-1/2  SN0002  verify    ██████▋··············   32.1%  21.4 MB/s  left  2m 07s
    ws-1/3  SN0003  claim     reading the drive's identity again
    ws-1/4  SN0004  fetch     ██████████▌··········   50.0%
    ws-1/6  SN0006  failed    Cannot verify the drive in bay "6": bytes 3221225472…
    ws-1/8  SN0008  canceled  the stick is dirty and does not boot
    2 more: 1 done · 1 waiting"
  `);
});

test("renderBuild() says how a build ended and how long it took", () => {
  const createdAtMs = 1_000_000;
  const build = makeBuild([makeSucceeded("1"), makeFailed("2")], {
    state: "partial",
    createdAtMs,
    endedAtMs: createdAtMs + 252_000,
  });
  expect(draw(build, WIDE).split("\n")[0]).toBe(
    "hq-bare-metal@3  partial  2 drives · 1 done · 1 failed  took 4m 12s",
  );
});

test("renderBuild() lets no drive steer the terminal", () => {
  const nasty = "\u001b[2J\u202e\r\nX";
  const build = makeBuild([
    { ...makeRunning("1", "write", 5), serial: nasty, agent: nasty, bay: nasty },
    makeJob("2", { waiting: [nasty] }),
    { ...makeFailed("3"), problem: { code: nasty, detail: nasty, remedy: nasty } },
    { ...makeSucceeded("4"), proof: nasty },
  ]);
  expect(draw(build, WIDE)).not.toMatch(/[^\P{C}\n]/u);
});

test("renderBuild() is never wider or higher than the terminal", () => {
  const broken: string[] = [];
  for (const color of [false, true])
    for (const utf8 of [false, true])
      for (let columns = 1; columns <= 140; columns += 9)
        for (const rows of [1, 2, 3, 5, 9, 20]) {
          const lines = draw(MIXED, { ...WIDE, color, utf8, columns, rows }).split("\n");
          if (lines.some((line) => stringWidth(line) > columns)) broken.push(`${columns} columns`);
          if (lines.length > Math.max(4, rows)) broken.push(`${rows} rows`);
        }
  expect(broken).toEqual([]);
});

function draw(picture: BuildPicture, options: RenderOptions): string {
  return renderBuild(observeBuild(null, picture, options.nowMs), options).join("\n");
}
