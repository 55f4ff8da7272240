import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OPEN_POLICY } from "@stickfarm/common/build/write-policy";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { loadRequest, type StartRequest, saveRequest } from "./request-store.ts";

const REQUEST: StartRequest = {
  requestId: "01JD0000000000000000000001",
  mediaName: "hq",
  revision: 3,
  targets: [{ agent: "ws-1", bay: "1" }],
  planDigest: "d".repeat(64),
  policy: { rewrite: "refresh", proof: null, capacity: "surface", acceptRepaired: false },
  eraseSerials: ["60A44C413FAE"],
};

test("saveRequest() keeps what loadRequest() gives back, for its owner alone", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const place = join(folder, "new", "requests");
  expect(await saveRequest(place, REQUEST)).toEqual({ ok: true, value: undefined });
  expect(await loadRequest(place, REQUEST.requestId)).toEqual({ ok: true, value: REQUEST });
  expect((await stat(place)).mode & 0o777).toBe(0o700);
});

test("loadRequest() is null for a request that was never made", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  expect(await loadRequest(folder, "01JD0000000000000000000009")).toEqual({
    ok: true,
    value: null,
  });
});

test("saveRequest() keeps the newest hundred", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const place = join(folder, "many");
  const idOf = (count: number) => `01JD${String(count).padStart(22, "0")}`;
  for (let count = 0; count < 103; count++)
    await saveRequest(place, { ...REQUEST, requestId: idOf(count) });
  const names = await readdir(place);
  expect(names).toHaveLength(100);
  expect(names).not.toContain(`${idOf(2)}.json`);
  expect(names).toContain(`${idOf(3)}.json`);
});

test.each([
  ["no JSON", "{"],
  ["another thing", "[]"],
  ["no targets", JSON.stringify({ ...REQUEST, targets: undefined })],
  ["a target without bay", JSON.stringify({ ...REQUEST, targets: [{ agent: "ws-1" }] })],
  ["serials that are none", JSON.stringify({ ...REQUEST, eraseSerials: [7] })],
  ["another id", JSON.stringify({ ...REQUEST, requestId: "01JD0000000000000000000002" })],
])("loadRequest() refuses a file that holds %s", async (_, text) => {
  const folder = await makeTemporaryFolder(onTestFinished);
  await writeFile(join(folder, `${REQUEST.requestId}.json`), text);
  const result = await loadRequest(folder, REQUEST.requestId);
  expect(result.ok ? "taken" : result.problem.code).toBe("usage");
});

test("saveRequest() says where it cannot keep a request", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const file = join(folder, "file");
  await writeFile(file, "");
  const result = await saveRequest(join(file, "requests"), REQUEST);
  expect(result.ok ? "saved" : result.problem.detail).toContain(join(file, "requests"));
  expect(await readFile(file, "utf8")).toBe("");
});

test("loadRequest() reads a request of an earlier version, which asked for nothing of the writing and typed no serial", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const { policy: _, eraseSerials: __, ...earlier } = REQUEST;
  await writeFile(join(folder, `${REQUEST.requestId}.json`), JSON.stringify(earlier));
  expect(await loadRequest(folder, REQUEST.requestId)).toEqual({
    ok: true,
    value: { ...earlier, policy: OPEN_POLICY, eraseSerials: [] },
  });
});

test("loadRequest() refuses a request with a way of writing that is not known", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const odd = { ...REQUEST, policy: { ...OPEN_POLICY, rewrite: "later" } };
  await writeFile(join(folder, `${REQUEST.requestId}.json`), JSON.stringify(odd));
  expect(await loadRequest(folder, REQUEST.requestId)).toMatchObject({
    problem: { code: "usage" },
  });
});
