import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import type {
  CheckContentsRequest,
  CheckContentsResponse,
  DistributionPoint,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { startTestController } from "../test-controller.ts";

const CREATED_AT_MS = Date.UTC(2026, 10, 22, 8, 0, 0);
const LOCAL: DistributionPoint = {
  name: "local",
  place: { place: { $case: "local", value: {} } },
  createdAtMs: 0,
  contents: ["tools", "winpe"],
};
const SHARE: DistributionPoint = {
  name: "dp-oslo",
  place: { place: { $case: "directory", value: { path: "/srv/dp" } } },
  createdAtMs: CREATED_AT_MS,
  contents: ["tools"],
};

test("dp add sends a folder, or an address with its authority", async () => {
  const added: (DistributionPoint | undefined)[] = [];
  const controller = await startTestController(onTestFinished, {
    addPoint: ({ point }) => {
      added.push(point);
      return ok({ point });
    },
  });
  const ca = join(await makeTemporaryFolder(onTestFinished), "ca.pem");
  await writeFile(ca, "PEM");
  const share = await controller.run(["dp", "add", "dp-oslo", "--directory", "/srv/dp"]);
  expect(share).toMatchObject({ status: 0, stdout: "Added distribution point dp-oslo\n" });
  const url = "https://dp.example.net";
  const args = ["dp", "add", "dp-web", "--url", url, "--ca", ca, "-o", "json"];
  expect(JSON.parse((await controller.run(args)).stdout)).toMatchObject({
    name: "dp-web",
    kind: "http",
    path: null,
    url,
    caPem: "PEM",
  });
  expect(added.map((point) => point?.place?.place)).toEqual([
    { $case: "directory", value: { path: "/srv/dp" } },
    { $case: "http", value: { url, caPem: "PEM" } },
  ]);
});

test.each([
  [["dp", "add", "a"], "either --directory or --url"],
  [["dp", "add", "a", "--directory", "/a", "--url", "http://a"], "either --directory or --url"],
  [["dp", "add", "a", "--directory", "/a", "--ca", "ca.pem"], "--ca is for an https address"],
])("%j is refused before anything is asked", async (args, words) => {
  const controller = await startTestController(onTestFinished, {});
  const ended = await controller.run(args);
  expect(ended.status).toBe(2);
  expect(ended.stderr).toContain(words);
});

test("dp list shows every point and how much was copied there", async () => {
  const controller = await startTestController(onTestFinished, {
    listPoints: () => ok({ points: [LOCAL, SHARE] }),
  });
  expect((await controller.run(["dp", "list"])).stdout).toMatchInlineSnapshot(`
    "NAME     KIND       PLACE           CONTENTS  ADDED
    local    local      the controller         2
    dp-oslo  directory  /srv/dp                1  2026-11-22T08:00:00Z
    "
  `);
  expect(JSON.parse((await controller.run(["dp", "list", "-o", "json"])).stdout)).toMatchObject([
    { name: "local", kind: "local", contents: ["tools", "winpe"] },
    { name: "dp-oslo", kind: "directory", path: "/srv/dp", url: null },
  ]);
});

test("dp remove says that what lies there stays, or that there is no such point", async () => {
  const controller = await startTestController(onTestFinished, {
    removePoint: ({ name }) =>
      name === "dp-oslo"
        ? ok({})
        : fail({ code: "point_unknown", detail: `Cannot remove "${name}": there is none` }),
  });
  const removed = await controller.run(["dp", "remove", "dp-oslo"]);
  expect(removed).toMatchObject({ status: 0, stdout: expect.stringContaining("stays") });
  expect((await controller.run(["dp", "remove", "dp-x"])).status).toBe(3);
});

const FAULTS = [
  { content: "tools", path: "a.txt", kind: "missing", is: "", sha256: "1".repeat(64) },
  {
    content: "winpe",
    path: "sources/boot.wim",
    kind: "damaged",
    is: "it has 1 bytes, must have 2",
    sha256: "2".repeat(64),
  },
];

/** A controller that has found this, and what it was asked for. */
async function startChecking(checked: CheckContentsResponse["checked"]) {
  const asked: CheckContentsRequest[] = [];
  const controller = await startTestController(onTestFinished, {
    checkContents: async function* check(request) {
      asked.push(request);
      yield { doneBytes: 1, totalBytes: 10, checked: undefined };
      yield { doneBytes: 10, totalBytes: 10, checked };
    },
  });
  return { asked, controller };
}

test("dp check and content verify say that all is whole", async () => {
  const point = { contentCount: 2, fileCount: 5, faults: [], problem: undefined };
  const { asked, controller } = await startChecking({ points: [{ name: "dp-oslo", ...point }] });
  expect(await controller.run(["dp", "check", "dp-oslo", "--quick"])).toMatchObject({
    status: 0,
    stdout: "dp-oslo: 5 files of 2 contents, whole\n",
  });
  expect((await controller.run(["dp", "check"])).status).toBe(0);
  expect((await controller.run(["content", "verify", "tools"])).status).toBe(0);
  expect(asked).toEqual([
    { points: ["dp-oslo"], contents: [], quick: true },
    { points: [], contents: [], quick: false },
    { points: ["local"], contents: ["tools"], quick: false },
  ]);
});

test("dp check prints what is not whole, and who gave no answer, with exit status 1", async () => {
  const problem = { code: "point_unreachable", detail: "Cannot check: ECONNREFUSED", remedy: "" };
  const { controller } = await startChecking({
    points: [
      { name: "dp-oslo", contentCount: 2, fileCount: 5, faults: FAULTS, problem: undefined },
      { name: "dp-web", contentCount: 1, fileCount: 0, faults: [], problem },
    ],
  });
  const table = await controller.run(["dp", "check"]);
  expect(table.status).toBe(1);
  expect(table.stdout).toMatchInlineSnapshot(`
    "POINT    CONTENT  STATE    PATH              IS
    dp-oslo  tools    missing  a.txt
    dp-oslo  winpe    damaged  sources/boot.wim  it has 1 bytes, must have 2

    dp-oslo: 5 files of 2 contents, 2 not whole
    dp-web: 0 files of 1 content, not all looked at: Cannot check: ECONNREFUSED
    "
  `);
  const json = await controller.run(["dp", "check", "-o", "json"]);
  expect(json.status).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { name: "dp-oslo", faults: FAULTS, problem: null },
    { name: "dp-web", faults: [], problem: { code: "point_unreachable" } },
  ]);
});

test("content distribute says what was copied, and what was there", async () => {
  const controller = await startTestController(onTestFinished, {
    distributeContent: async function* copy({ content, point }) {
      yield { doneBytes: 0, totalBytes: 3000, distributed: undefined };
      const counts = { fileCount: 2, copiedBytes: 2048, presentBytes: 1024 };
      yield { doneBytes: 3072, totalBytes: 3072, distributed: { content, point, ...counts } };
    },
  });
  const args = ["content", "distribute", "tools", "--to", "dp-oslo"];
  expect(await controller.run(args)).toMatchObject({
    status: 0,
    stdout: "tools is at dp-oslo: 2 files, 2.00 KiB copied, 1.00 KiB were there already\n",
  });
  expect(JSON.parse((await controller.run([...args, "-o", "json"])).stdout)).toEqual({
    content: "tools",
    point: "dp-oslo",
    fileCount: 2,
    copiedBytes: 2048,
    presentBytes: 1024,
  });
});

test("content distribute ends with 130 when it is interrupted", async () => {
  let begun = (): void => undefined;
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const controller = await startTestController(onTestFinished, {
    distributeContent: async function* copy() {
      yield { doneBytes: 0, totalBytes: 3000, distributed: undefined };
      begun();
      await new Promise(() => undefined);
    },
  });
  const running = controller.start(["content", "distribute", "tools", "--to", "dp-oslo"]);
  await started;
  running.interrupt();
  expect(await running.ended).toMatchObject({
    status: 130,
    stdout: "",
    stderr: expect.stringContaining("what was copied stays"),
  });
});
