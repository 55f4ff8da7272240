import { ok } from "@stickfarm/common/result";
import type { WatchBuildResponse } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { startTestController, type TestController } from "../test-controller.ts";
import {
  BUILD_ID,
  makeBuildView,
  makeFailedView,
  makeJobView,
  makeSucceededView,
} from "../test-views.ts";

const WATCH = ["build", "watch", BUILD_ID];
const WRITING = makeBuildView([
  makeJobView("1", { state: "running", attempt: 1, phase: 5, doneBytes: 5, totalBytes: 10 }),
]);

test("build watch tells a pipe one line per change", async () => {
  const controller = await serve([WRITING, WRITING, makeSucceededView()]);
  const { status, stdout } = await controller.run(WATCH);
  expect(status).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "build 01JC0000000000000000000001: hq@3 on 1 drive
    ws-1/1 SN1: write 50% of 10 B
    ws-1/1 SN1: done, read-back
    ws-1/2 SN2: done, read-back
    build 01JC0000000000000000000001 succeeded: 2 of 2 sticks good in 1m 00s
    "
  `);
});

test("build watch -o json prints each view on a line of its own", async () => {
  const controller = await serve([WRITING, makeSucceededView()]);
  const { status, stdout } = await controller.run([...WATCH, "-o", "json"]);
  expect(status).toBe(0);
  const views: unknown[] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(views).toMatchObject([
    { state: "running", endedAtMs: null, jobs: [{ phase: "write", doneBytes: 5, totalBytes: 10 }] },
    { state: "succeeded", jobs: [{ state: "succeeded", proof: "read-back" }, {}] },
  ]);
});

test("build watch draws on a terminal, and gives the cursor back", async () => {
  const controller = await serve([WRITING, makeSucceededView()]);
  const { status, stdout } = await controller.run(WATCH, { terminal: true });
  expect(status).toBe(0);
  expect(stdout).toContain("█");
  expect(stdout.indexOf("\u001b[?25l")).toBe(0);
  expect(stdout.endsWith("\u001b[?25h")).toBe(true);
  expect(stdout.lastIndexOf("succeeded")).toBeGreaterThan(stdout.lastIndexOf("█"));
});

test("build watch exits with 1 and names the sticks that are not good", async () => {
  const controller = await serve([makeFailedView()]);
  const { status, stderr } = await controller.run(WATCH);
  expect(status).toBe(1);
  expect(stderr).toContain("1 of 2 sticks succeeded (ws-1/2 drive_gone)");
  expect(stderr).toContain("[build_failed]");
});

test.each([true, false])(
  "build watch ends at Ctrl-C, the build goes on (terminal: %s)",
  async (terminal) => {
    const controller = await serveStream(async function* () {
      yield { build: WRITING };
      await new Promise(() => undefined);
    });
    const started = controller.start(WATCH, { terminal });
    await waitFor(() => started.stdout().includes("ws-1/1"));
    started.interrupt();
    const { status, stdout, stderr } = await started.ended;
    expect(status).toBe(130);
    expect(stderr).toContain(`the build goes on: stickfarm build watch ${BUILD_ID}`);
    expect(stdout.endsWith("\u001b[?25h")).toBe(terminal);
  },
);

test("build watch waits for a controller that restarts", async () => {
  let calls = 0;
  const controller = await serveStream(async function* () {
    calls++;
    yield { build: calls === 1 ? WRITING : makeSucceededView() };
    if (calls === 1) yield null;
  });
  const { status, stderr } = await controller.run(WATCH);
  expect([status, calls]).toEqual([0, 2]);
  expect(stderr).toContain("The controller is away; waiting for it");
});

test("build watch does not wait for a controller that it never saw", async () => {
  const controller = await serveStream(async function* () {
    yield null;
  });
  expect((await controller.run(WATCH)).status).toBe(4);
});

test("build watch refuses a state that it does not know instead of guessing the result", async () => {
  const controller = await serve([makeBuildView([], { state: "melted" })]);
  const { status, stderr } = await controller.run(WATCH);
  expect(status).toBe(4);
  expect(stderr).toContain('its state is "melted"');
});

test("build watch refuses an id together with --last", async () => {
  const controller = await serve([]);
  const { status, stderr } = await controller.run([...WATCH, "--last"]);
  expect(status).toBe(2);
  expect(stderr).toContain("--last are both given");
});

function serve(views: readonly (typeof WRITING)[]): Promise<TestController> {
  return serveStream(async function* () {
    for (const build of views) yield { build };
  });
}

async function serveStream(
  watchBuild: () => AsyncIterable<WatchBuildResponse | null>,
): Promise<TestController> {
  const getBuild = () => ok({ build: WRITING });
  return await startTestController(onTestFinished, { getBuild, watchBuild });
}

async function waitFor(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise(setImmediate);
}
