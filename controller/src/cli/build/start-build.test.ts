import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail, ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import type { StartBuildRequest } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import type { TestIoFields } from "../test-cli.ts";
import { type Answers, type Ended, startTestController } from "../test-controller.ts";
import {
  BUILD_ID,
  makeBuildView,
  makeFailedView,
  makeJobView,
  makePlannedDrive,
  makePlanResponse,
  makeSucceededView,
} from "../test-views.ts";

const START = ["build", "start", "hq", "--on", "ws-1"];
const RUNNING = makeBuildView([makeJobView("1"), makeJobView("2")]);
const TWO_DRIVES = makePlanResponse([makePlannedDrive("1"), makePlannedDrive("2")]);
const BUSY = { code: "drive_busy", detail: "Cannot write the drive: it is busy", remedy: "Wait" };

const FOREIGN = {
  code: "drive_foreign_content",
  detail: 'Cannot erase the drive by a yes alone: it holds "ext4"',
  remedy: "Look whether anybody needs it",
};
const ASKING: Answers = {
  plan: () => ok(makePlanResponse([makePlannedDrive("1"), makePlannedDrive("2", [], [FOREIGN])])),
};

test("build start prints the plan to stderr and the build's id alone to stdout", async () => {
  const { ended, requests } = await run([...START, "--yes"]);
  expect(ended.status).toBe(0);
  expect(ended.stdout).toBe(`${BUILD_ID}\n`);
  expect(ended.stderr).toContain("2 drives would be erased");
  expect(requests).toEqual([
    {
      requestId: expect.stringMatching(/^[0-9A-Z]{26}$/),
      mediaName: "hq",
      revision: 3,
      targets: [{ agent: "ws-1", bay: "" }],
      planDigest: "d".repeat(64),
      policy: { rewrite: "auto", proof: "", capacity: "", acceptRepaired: false },
      eraseSerials: [],
    },
  ]);
});

test("build start keeps the request before it is sent", async () => {
  const data = await makeTemporaryFolder(onTestFinished);
  let wasKept = false;
  await run([...START, "--yes"], {
    data,
    answers: {
      startBuild: ({ requestId }) => {
        wasKept = existsSync(join(data, "requests", `${requestId}.json`));
        return ok({ build: RUNNING, repeatedRequest: false });
      },
    },
  });
  expect(wasKept).toBe(true);
});

test("build start erases nothing unasked where nobody can be asked", async () => {
  const { ended, requests } = await run(START);
  expect([ended.status, ended.stdout, requests]).toEqual([5, "", []]);
  expect(ended.stderr).toContain("[consent_missing]");
  expect(ended.stderr).toContain("no terminal");
});

test("build start takes the number of drives for a yes", async () => {
  const { ended, requests } = await run(START, { terminal: true, typed: "2\r" });
  expect([ended.status, requests.length]).toEqual([0, 1]);
  expect(ended.stderr).toContain("Erase 2 drives?");
});

test.each(["1\r", "y\r", "\r", "22\r", "\u0004", "\u0003"])(
  "build start takes %j for no consent",
  async (typed) => {
    const { ended, requests } = await run(START, { terminal: true, typed });
    expect([ended.status, requests]).toEqual([5, []]);
    expect(ended.stderr).toContain("[consent_missing]");
  },
);

test("build start refuses a plan with a refused drive, whatever was said", async () => {
  const plan = makePlanResponse([makePlannedDrive("1"), makePlannedDrive("2", [BUSY])]);
  const { ended, requests } = await run([...START, "--yes"], { answers: { plan: () => ok(plan) } });
  expect([ended.status, requests]).toEqual([5, []]);
  expect(ended.stderr).toContain("refused ws-1/2: Cannot write the drive: it is busy [drive_busy]");
});

test.each([
  [["--yes"], 5, '"SN2" must be typed'],
  [["--yes", "--erase", "SN1"], 2, "[usage]"],
  [["--erase", "SN2"], 5, "[consent_missing]"],
])("build start %j erases no drive that a yes alone does not", async (args, status, words) => {
  const { ended, requests } = await run([...START, ...args], { answers: ASKING });
  expect([ended.status, requests]).toEqual([status, []]);
  expect(ended.stderr).toContain(words);
});

test("build start sends the serials that were given", async () => {
  const { requests } = await run([...START, "--yes", "--erase", "SN2"], { answers: ASKING });
  expect(requests).toMatchObject([{ eraseSerials: ["SN2"] }]);
});

test("build start asks for each serial, and then for the number", async () => {
  const { ended, requests } = await run(START, {
    answers: ASKING,
    terminal: true,
    typed: ["SN2\r", "2\r"],
  });
  expect(ended.status).toBe(0);
  expect(ended.stderr).toContain("Type the serial of the drive in ws-1/2: ");
  expect(requests).toMatchObject([{ eraseSerials: ["SN2"] }]);
});

test.each([["SN1\r"], ["sn2\r"], ["y\r"], ["\r"], ["\u0004"], ["\u0003"]])(
  "build start takes %j for no serial",
  async (typed) => {
    const { ended, requests } = await run(START, {
      answers: ASKING,
      terminal: true,
      typed: [typed, "2\r"],
    });
    expect([ended.status, requests]).toEqual([5, []]);
    expect(ended.stderr).toContain("[consent_missing]");
  },
);

test("build start asks for no serial that was given", async () => {
  const { ended, requests } = await run([...START, "--erase", "SN2"], {
    answers: ASKING,
    terminal: true,
    typed: ["2\r"],
  });
  expect(ended.stderr).not.toContain("Type the serial");
  expect(requests).toMatchObject([{ eraseSerials: ["SN2"] }]);
});

test("build start repeats the serials of a request, and takes no other under its id", async () => {
  const data = await makeTemporaryFolder(onTestFinished);
  const first = await run([...START, "--yes", "--erase", "SN2"], { data, answers: ASKING });
  const again = ["build", "start", "--request-id", first.requests[0]?.requestId ?? ""];
  expect((await run(again, { data })).requests).toEqual(first.requests);
  const other = await run([...again, "--erase", "SN3"], { data });
  expect([other.ended.status, other.requests]).toEqual([2, []]);
});

test("build start can be repeated when its answer was lost, and sends the same body", async () => {
  const data = await makeTemporaryFolder(onTestFinished);
  const away = {
    code: "controller_unreachable",
    detail: "Cannot reach the controller: away",
  } as const;
  const first = await run([...START, "--yes"], { data, answers: { startBuild: () => fail(away) } });
  expect(first.ended.status).toBe(4);
  const again = /stickfarm (build start --request-id \w+)/.exec(first.ended.stderr)?.[1] ?? "";
  const noPlan = {
    plan: () => fail({ code: "internal", detail: "Cannot plan: not asked" }),
  } as const;
  const second = await run(again.split(" "), { data, answers: noPlan });
  expect(second.ended.status).toBe(0);
  expect(second.requests).toEqual(first.requests);
});

test("build start lets no request id be used for something else", async () => {
  const data = await makeTemporaryFolder(onTestFinished);
  const id = ["--request-id", "01JD0000000000000000000007"];
  await run([...START, "--yes", ...id], { data });
  const same = await run([...START, ...id], { data });
  expect([same.ended.status, same.requests.length]).toEqual([0, 1]);
  for (const other of [
    ["build", "start", "other", ...id],
    ["build", "start", "hq", "--on", "ws-2", ...id],
    ["build", "start", "hq", "--on", "ws-1/1", "--on", "ws-1/2", ...id],
  ]) {
    const { ended, requests } = await run(other, { data });
    expect([ended.status, requests]).toEqual([2, []]);
    expect(ended.stderr).toContain("[request_id_reused]");
  }
});

test.each([
  [["build", "start", "--on", "ws-1", "--yes"], "NAME must be given"],
  [["build", "start", "hq", "--yes"], "--on AGENT or --on AGENT/BAY must be given"],
  [["build", "start", "hq@x", "--on", "ws-1"], "NAME@REVISION"],
  [[...START, "--request-id", "../../x"], "ULID"],
])("%j is refused before the controller is asked", async (args, words) => {
  const { ended, requests } = await run(args);
  expect([ended.status, requests]).toEqual([2, []]);
  expect(ended.stderr).toContain(words);
});

test("build start -o json answers with build and request", async () => {
  const { ended } = await run([...START, "--yes", "-o", "json"]);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    buildId: BUILD_ID,
    requestId: expect.stringMatching(/^[0-9A-Z]{26}$/),
    repeatedRequest: false,
    build: { state: "running", jobs: [{ phase: null, totalBytes: null }, {}] },
  });
});

test.each([
  [makeSucceededView(), 0],
  [makeFailedView(), 1],
])("build start --watch exits with the build's result", async (last, status) => {
  const { ended } = await run([...START, "--yes", "--watch"], {
    answers: {
      watchBuild: async function* () {
        yield { build: RUNNING };
        yield { build: last };
      },
    },
  });
  expect(ended.status).toBe(status);
  expect(ended.stdout).toContain(`build ${BUILD_ID} ${last.state}`);
});

test.each([
  [["--full"], { rewrite: "full", proof: "", capacity: "" }],
  [["--refresh", "--proof", "compared"], { rewrite: "refresh", proof: "compared", capacity: "" }],
  [["--capacity", "surface"], { rewrite: "auto", proof: "", capacity: "surface" }],
  [["--accept-repaired"], { rewrite: "auto", proof: "", capacity: "", acceptRepaired: true }],
])("build start %j asks for that way of writing", async (args, policy) => {
  const { requests } = await run([...START, "--yes", ...args]);
  expect(requests).toMatchObject([{ policy }]);
});

test.each([
  [["--full", "--refresh"]],
  [["--proof", "hope"]],
  [["--capacity", "all"]],
  [["--as", "image"]],
  [["--name", "hq-disc"]],
])("build start %j is refused", async (args) => {
  const { ended, requests } = await run([...START, "--yes", ...args]);
  expect([ended.status, requests]).toEqual([2, []]);
});

test("build start repeats a request as it was, and under its id no other way of writing", async () => {
  const data = await makeTemporaryFolder(onTestFinished);
  const first = await run([...START, "--yes", "--full"], { data });
  const again = ["build", "start", "--request-id", first.requests[0]?.requestId ?? ""];
  const repeated = await run(again, { data });
  expect(repeated.requests).toEqual(first.requests);
  const other = await run([...again, "--refresh"], { data });
  expect([other.ended.status, other.requests]).toEqual([2, []]);
  expect(other.ended.stderr).toContain("[request_id_reused]");
});

type Options = TestIoFields & { readonly data?: string; readonly answers?: Answers };

async function run(
  args: readonly string[],
  { data, answers = {}, ...fields }: Options = {},
): Promise<{ readonly ended: Ended; readonly requests: readonly StartBuildRequest[] }> {
  const requests: StartBuildRequest[] = [];
  const controller = await startTestController(onTestFinished, {
    plan: () => ok(TWO_DRIVES),
    ...answers,
    startBuild: (request) => {
      requests.push(request);
      return answers.startBuild?.(request) ?? ok({ build: RUNNING, repeatedRequest: false });
    },
  });
  const STICKFARM_DATA = data ?? (await makeTemporaryFolder(onTestFinished));
  const env = { LANG: "C.UTF-8", STICKFARM_DATA };
  return { ended: await controller.run(args, { env, ...fields }), requests };
}
