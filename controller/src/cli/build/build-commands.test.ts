import { fail, ok } from "@stickfarm/common/result";
import { expect, onTestFinished, test } from "vitest";
import { type Answers, startTestController } from "../test-controller.ts";
import {
  BUILD_ID,
  makeBuildView,
  makeFailedView,
  makeJobView,
  makeSucceededView,
} from "../test-views.ts";

test("build list prints builds without their jobs", async () => {
  const { run } = await serve({
    listBuilds: () => ok({ builds: [makeBuildView([]), makeSucceededView()] }),
  });
  expect((await run(["build", "list"])).stdout).toMatchInlineSnapshot(`
    "BUILD                       STATE      MEDIA  STARTED                 TOOK
    01JC0000000000000000000001  running    hq@3   2026-11-22T09:00:00Z
    01JC0000000000000000000001  succeeded  hq@3   2026-11-22T09:00:00Z  1m 00s
    "
  `);
  const [first] = JSON.parse((await run(["build", "list", "-o", "json"])).stdout);
  expect(first).not.toHaveProperty("jobs");
});

test.each([
  [["build", "show"], ""],
  [["build", "show", "--last"], ""],
  [["build", "show", BUILD_ID], BUILD_ID],
])("%j asks for the build that is meant", async (args, buildId) => {
  const { run, asked } = await serve({});
  expect((await run(args)).status).toBe(0);
  expect(asked).toEqual([{ buildId }]);
});

test("build show draws where a build stands, with its reasons", async () => {
  const view = makeBuildView([
    makeJobView("1", { state: "running", attempt: 1, phase: 6, doneBytes: 1, totalBytes: 4 }),
    makeJobView("2", { waiting: ["the agent writes as many as it may"] }),
  ]);
  const { run } = await serve({ getBuild: () => ok({ build: view }) });
  expect((await run(["build", "show"])).stdout).toMatchInlineSnapshot(`
    "hq@3  running  2 drives · 1 running · 1 waiting
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────
    ws-1/1  SN1  verify    ██████████······························   25.0%
    ws-1/2  SN2  waiting   the agent writes as many as it may
    "
  `);
});

test("build report exits with 0 whatever it has to say", async () => {
  const { run } = await serve({ getBuild: () => ok({ build: makeFailedView() }) });
  const { status, stdout } = await run(["build", "report", "--last"]);
  expect(status).toBe(0);
  expect(stdout).toContain("partial, 1 of 2 sticks good");
  const { stdout: json } = await run(["build", "report", "--last", "-o", "json"]);
  expect(JSON.parse(json)).toMatchObject({
    state: "partial",
    tookMs: 60_000,
    sticks: [{ state: "succeeded" }, { problem: { code: "drive_gone" }, dirty: true }],
  });
});

test.each([["cancel"], ["retry"]])("build %s wants to be told which build", async (name) => {
  const { run, asked } = await serve({});
  const { status, stderr } = await run(["build", name]);
  expect([status, asked]).toEqual([2, []]);
  expect(stderr).toContain("an ID or --last must be given");
});

test("build cancel stops the build and tells when it had ended before", async () => {
  const canceled: string[] = [];
  const { run } = await serve({
    cancelBuild: ({ buildId }) => {
      canceled.push(buildId);
      const build = canceled.length === 1 ? makeBuildView([]) : makeSucceededView();
      return ok({ build });
    },
  });
  const first = await run(["build", "cancel", "--last"]);
  const second = await run(["build", "cancel", BUILD_ID]);
  expect(canceled).toEqual([BUILD_ID, BUILD_ID]);
  expect(first.stdout).toBe(`Build ${BUILD_ID} is being canceled\n`);
  expect(second.stdout).toBe(`Build ${BUILD_ID} has ended before: succeeded\n`);
});

test("build retry goes on with the build, and watches it when asked to", async () => {
  const { run } = await serve({
    retryBuild: () => ok({ build: makeBuildView([]) }),
    watchBuild: async function* () {
      yield { build: makeFailedView() };
    },
  });
  const retried = await run(["build", "retry", "--last"]);
  expect([retried.status, retried.stdout]).toEqual([0, `${BUILD_ID}\n`]);
  const watched = await run(["build", "retry", "--last", "--watch"]);
  expect(watched.status).toBe(1);
  expect(watched.stdout).toContain("partial: 1 of 2 sticks good");
});

test("build show of an unknown build exits with 3", async () => {
  const { run } = await serve({
    getBuild: () => fail({ code: "build_unknown", detail: "Cannot show the build: there is none" }),
  });
  expect((await run(["build", "show", "x"])).status).toBe(3);
});

async function serve(answers: Answers) {
  const asked: unknown[] = [];
  const controller = await startTestController(onTestFinished, {
    ...answers,
    getBuild: (request) => {
      asked.push(request);
      return answers.getBuild?.(request) ?? ok({ build: makeBuildView([]) });
    },
  });
  return { run: controller.run, asked };
}
