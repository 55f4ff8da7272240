import { ok } from "@stickfarm/common/result";
import { expect, onTestFinished, test } from "vitest";
import { startTestController } from "../test-controller.ts";
import { makePlannedDrive, makePlanResponse } from "../test-views.ts";

const SMALL = {
  code: "drive_too_small",
  detail: "Cannot write the drive: it has 2 GB, it must have 4 GB",
  remedy: "Use a larger stick",
};

const FOREIGN = {
  code: "drive_foreign_content",
  detail: 'Cannot erase the drive by a yes alone: it holds "ext4"',
  remedy: "Look whether anybody needs it",
};

test.each([
  ["every drive can be written", [makePlannedDrive("1"), makePlannedDrive("2")], 0],
  ["one drive is refused", [makePlannedDrive("1"), makePlannedDrive("2", [SMALL])], 5],
  ["there is no drive", [], 5],
])("plan exits by whether %s, and prints its table", async (_, drives, status) => {
  const { run } = await serve(drives);
  const ended = await run(["plan", "hq", "--on", "ws-1"]);
  expect(ended.status).toBe(status);
  expect(ended.stdout).toContain("AGENT  BAY");
  expect(ended.stderr.includes("[drive_refused]")).toBe(status === 5);
});

test.each([
  [[], 5, "[drive_refused]"],
  [["--erase", "SN2"], 0, ""],
  [["--erase", "SN1"], 2, "[usage]"],
  [["--erase", "SN2", "--erase", "SN3"], 2, "[usage]"],
])("plan with %j exits by whether each question is answered", async (args, status, words) => {
  const { run } = await serve([makePlannedDrive("1"), makePlannedDrive("2", [], [FOREIGN])]);
  const ended = await run(["plan", "hq", "--on", "ws-1", ...args]);
  expect(ended.status).toBe(status);
  expect(ended.stderr).toContain(words);
  expect(ended.stdout.includes("--erase SN2")).toBe(!args.includes("SN2"));
});

test("plan -o json says what a drive is asked for, and what answers that", async () => {
  const { run } = await serve([makePlannedDrive("1"), makePlannedDrive("2", [], [FOREIGN])]);
  const { stdout } = await run(["plan", "hq", "--on", "ws-1", "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    drives: [
      { drive: { asks: [] }, erase: null },
      { drive: { asks: [FOREIGN] }, erase: "SN2" },
    ],
  });
});

test("plan asks for the revision and the targets that were named", async () => {
  const { run, asked } = await serve([makePlannedDrive("1")]);
  await run(["plan", "hq@2", "--on", "ws-1/1", "--on", "ws-2"]);
  const targets = [
    { agent: "ws-1", bay: "1" },
    { agent: "ws-2", bay: "" },
  ];
  expect(asked).toEqual([{ mediaName: "hq", revision: 2, targets }]);
});

test("plan -o json prints every drive with its refusals", async () => {
  const { run } = await serve([makePlannedDrive("1", [SMALL])]);
  const { stdout } = await run(["plan", "hq", "--on", "ws-1", "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    media: { name: "hq", revision: 3 },
    planDigest: "d".repeat(64),
    drives: [{ agent: "ws-1", drive: { bay: "1", serial: "SN1" }, refusals: [SMALL] }],
  });
});

async function serve(drives: Parameters<typeof makePlanResponse>[0]) {
  const asked: unknown[] = [];
  const controller = await startTestController(onTestFinished, {
    plan: (request) => {
      asked.push(request);
      return ok(makePlanResponse(drives));
    },
  });
  return { run: controller.run, asked };
}
