import { fail, ok } from "@stickfarm/common/result";
import { logLineToWire } from "@stickfarm/common/wire/build-log";
import type { BuildLogLine } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { type Answers, startTestController } from "../test-controller.ts";
import { BUILD_ID, makeBuildView, makeJobView, makeSucceededView } from "../test-views.ts";

const RUNNING = makeBuildView([makeJobView("1")]);

function logLine(number: number): BuildLogLine {
  const event = number === 5 ? ENDED : ({ kind: "cancelAsked" } as const);
  return logLineToWire({ number, atMs: Date.UTC(2026, 10, 22, 9, 0, number), event });
}

const ENDED = { kind: "ended", state: "succeeded" } as const;
const TEXT = [1, 2, 3, 4]
  .map((number) => `2026-11-22T09:00:0${number}.000Z  cancel was asked for\n`)
  .concat("2026-11-22T09:00:05.000Z  build succeeded\n")
  .join("");

/** A controller that gives two lines an answer, of those that are there. */
async function serve(there: () => number, watchBuild?: Answers["watchBuild"]) {
  const asked: unknown[] = [];
  const controller = await startTestController(onTestFinished, {
    getBuild: () => ok({ build: RUNNING }),
    getBuildLog: ({ buildId, after }) => {
      asked.push({ buildId, after });
      const numbers = [1, 2, 3, 4, 5].filter((number) => number > after && number <= there());
      const lines = numbers.slice(0, 2).map(logLine);
      return ok({ buildId, lines, more: numbers.length > 2 });
    },
    ...(watchBuild === undefined ? {} : { watchBuild }),
  });
  return { ...controller, asked };
}

test("build log prints the whole log, however many answers it takes", async () => {
  const { run, asked } = await serve(() => 5);
  expect(await run(["build", "log"])).toEqual({ status: 0, stdout: TEXT, stderr: "" });
  expect(asked).toEqual([0, 2, 4].map((after) => ({ buildId: BUILD_ID, after })));
});

test("build log -o json prints an object a line", async () => {
  const { run } = await serve(() => 5);
  const { stdout } = await run(["build", "log", "--last", "-o", "json"]);
  const lines: unknown[] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(5);
  expect(lines[4]).toEqual({ number: 5, atMs: Date.UTC(2026, 10, 22, 9, 0, 5), event: ENDED });
});

test("build log --follow prints each line once, to the end of the build", async () => {
  const stored = { lines: 0 };
  const views = async function* () {
    for (const lines of [1, 2, 4]) {
      stored.lines = lines;
      yield { build: RUNNING };
    }
    stored.lines = 5;
    yield { build: makeSucceededView() };
  };
  const { run } = await serve(() => stored.lines, views);
  const { status, stdout } = await run(["build", "log", "--last", "--follow"]);
  expect(stdout).toBe(TEXT);
  expect(status).toBe(0);
});

test("build log --follow that is interrupted exits with 130", async () => {
  const controller = await startTestController(onTestFinished, {
    getBuild: () => ok({ build: RUNNING }),
    getBuildLog: ({ buildId }) => ok({ buildId, lines: [logLine(1)], more: false }),
    watchBuild: async function* () {
      yield { build: RUNNING };
      await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
    },
  });
  const started = controller.start(["build", "log", "--follow"]);
  await expect.poll(() => started.stdout(), { timeout: 20_000 }).toContain("cancel was asked for");
  started.interrupt();
  expect((await started.ended).status).toBe(130);
});

test("build log says so when a line is of a newer controller", async () => {
  const { run } = await startTestController(onTestFinished, {
    getBuild: () => ok({ build: RUNNING }),
    getBuildLog: ({ buildId }) =>
      ok({ buildId, lines: [{ number: 1, atMs: 1, event: undefined }], more: false }),
  });
  const { status, stderr } = await run(["build", "log"]);
  expect(status).toBe(4);
  expect(stderr).toContain("line 1");
});

test("build log of no build exits with 3", async () => {
  const { run } = await startTestController(onTestFinished, {
    getBuild: () => fail({ code: "build_unknown", detail: "There is no build yet" }),
  });
  expect((await run(["build", "log"])).status).toBe(3);
});
