import type { Identity } from "@stickfarm/common/identity";
import type { Result } from "@stickfarm/common/result";
import type {
  CheckContentsResponse,
  DistributeContentResponse,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { unwrap } from "../content/content-fixture.ts";
import { answerDistribution } from "./answer-distribution.ts";
import { answerPoints } from "./answer-points.ts";
import { definitionOf, openDistributionFarm } from "./distribution-fixture.ts";
import { findMissing } from "./find-missing.ts";

const NEVER = new AbortController().signal;

async function lastOf<Message>(
  answered: Result<AsyncIterable<Result<Message>>>,
): Promise<Result<Message>> {
  let last: Result<Message> | null = null;
  for await (const message of unwrap(answered)) last = message;
  if (last === null) throw new Error("not one message came");
  return last;
}

async function openWorld() {
  const world = await openDistributionFarm(onTestFinished);
  const answers = answerDistribution(world.farm);
  const distribute = async (content: string, point: string) =>
    lastOf<DistributeContentResponse>(await answers.distributeContent({ content, point }, NEVER));
  const check = async (points: string[], contents: string[] = []) => {
    const request = { points, contents, quick: false };
    const last = await lastOf<CheckContentsResponse>(await answers.checkContents(request, NEVER));
    return unwrap(last).checked?.points ?? [];
  };
  return { ...world, answers, distribute, check };
}

const ADMIN: Identity = { role: "operator", name: "admin", grants: [] };

test("findMissing() takes each file from any of the points, and names what is on none", async () => {
  const { farm, addTree, addShare, plant, lose, libraryRoot } = await openWorld();
  const tools = await addTree("tools", { a: "text a", b: "text b", c: "text c" });
  const more = await addTree("more", { a: "text a", z: "text z" });
  const oslo = await addShare("dp-oslo");
  const bergen = await addShare("dp-bergen");
  await plant(oslo, "text a");
  await plant(bergen, "text b");
  await plant(bergen, "text c", "text");
  const missing = (points: readonly string[]) =>
    findMissing(farm, definitionOf(points), [tools, more]);
  expect(await missing(["local"])).toBeNull();
  expect(await missing(["dp-oslo", "local"])).toBeNull();
  const short = 'it has 4 bytes, must have 6 at "dp-bergen"';
  expect(await missing(["dp-oslo", "dp-bergen"])).toEqual({
    points: ["dp-oslo", "dp-bergen"],
    contents: [
      { name: "tools", fileCount: 3, files: [{ path: "c", reasons: [short] }] },
      { name: "more", fileCount: 2, files: [{ path: "z", reasons: [] }] },
    ],
    unreachable: [],
  });
  await lose(libraryRoot, "text z");
  expect((await missing(["local"]))?.contents.map(({ name }) => name)).toEqual(["more"]);
});

test("findMissing() says which point gives no answer, and goes on with the others", async () => {
  const { farm, addTree, addShare } = await openWorld();
  const tools = await addTree("tools", { a: "text a" });
  await addShare("dp-gone", false);
  await addShare("dp-empty");
  expect(await findMissing(farm, definitionOf(["dp-gone", "local"]), [tools])).toBeNull();
  expect(await findMissing(farm, definitionOf(["dp-gone", "dp-empty"]), [tools])).toMatchObject({
    contents: [{ name: "tools" }],
    unreachable: [{ point: "dp-gone", problem: { code: "point_unreachable" } }],
  });
});

test("distributeContent copies what is not there, repairs what is damaged, and notes it", async () => {
  const { farm, clock, addTree, addShare, plant, distribute } = await openWorld();
  await addTree("tools", { a: "text a", again: "text a", b: "text b", c: "text c" });
  const oslo = await addShare("dp-oslo");
  await plant(oslo, "text a");
  await plant(oslo, "text b", "test b");
  expect(await distribute("tools", "dp-oslo")).toMatchObject({
    value: {
      doneBytes: 18,
      totalBytes: 18,
      distributed: { fileCount: 3, copiedBytes: 12, presentBytes: 6 },
    },
  });
  clock.nowMs = 2000;
  expect(await distribute("tools", "dp-oslo")).toMatchObject({
    value: { distributed: { copiedBytes: 0, presentBytes: 18 } },
  });
  expect(await farm.store.points.distributions("dp-oslo")).toEqual([
    { content: "tools", verifiedAtMs: 2000 },
  ]);
});

test("distributeContent notes nothing of a content that the library has lost part of", async () => {
  const { farm, addTree, addShare, lose, libraryRoot, distribute } = await openWorld();
  await addTree("tools", { a: "text a", b: "text b" });
  await addShare("dp-oslo");
  await lose(libraryRoot, "text b");
  expect(await distribute("tools", "dp-oslo")).toMatchObject({
    problem: { code: "content_missing" },
  });
  expect(await farm.store.points.distributions("dp-oslo")).toEqual([]);
});

test("distributeContent copies one content at a time to a point, and lets go when its caller leaves", async () => {
  const { addTree, addShare, answers, distribute } = await openWorld();
  await addTree("tools", { a: "text a" });
  await addShare("dp-oslo");
  await addShare("dp-bergen");
  const request = { content: "tools", point: "dp-oslo" };
  const stop = new AbortController();
  const first = await answers.distributeContent(request, stop.signal);
  expect(await answers.distributeContent(request, NEVER)).toMatchObject({
    problem: { code: "point_busy" },
  });
  expect((await distribute("tools", "dp-bergen")).ok).toBe(true);
  stop.abort();
  await lastOf(first);
  expect((await distribute("tools", "dp-oslo")).ok).toBe(true);
});

test("checkContents looks at what was copied, and finds what became of it", async () => {
  const { addTree, addShare, plant, lose, distribute, check } = await openWorld();
  await addTree("tools", { a: "text a", again: "text a", b: "text b" });
  await addTree("other", { z: "text z" });
  const oslo = await addShare("dp-oslo");
  await addShare("dp-gone", false);
  await distribute("tools", "dp-oslo");
  const whole = { name: "dp-oslo", contentCount: 1, fileCount: 3, faults: [] };
  const unused = { name: "dp-gone", contentCount: 0, fileCount: 0, faults: [] };
  expect(await check([])).toMatchObject([unused, whole]);
  await lose(oslo, "text a");
  await plant(oslo, "text b", "test b");
  expect(await check(["dp-oslo"])).toMatchObject([
    {
      fileCount: 3,
      faults: [
        { content: "tools", path: "a", kind: "missing", is: "" },
        { content: "tools", path: "again", kind: "missing", is: "" },
        { content: "tools", path: "b", kind: "damaged", is: expect.stringContaining("SHA-256") },
      ],
    },
  ]);
  expect(await check(["local"])).toMatchObject([{ contentCount: 2, fileCount: 4, faults: [] }]);
  expect(await check(["local"], ["other"])).toMatchObject([{ contentCount: 1, fileCount: 1 }]);
});

test("listPoints names what is where, the library first", async () => {
  const { farm, addTree, addShare, distribute } = await openWorld();
  await addTree("tools", { a: "text a" });
  await addTree("other", { z: "text z" });
  await addShare("dp-oslo");
  await distribute("tools", "dp-oslo");
  const { points } = unwrap(await answerPoints(farm).listPoints({}, ADMIN));
  expect(points.map(({ name, contents }) => [name, contents])).toEqual([
    ["local", ["other", "tools"]],
    ["dp-oslo", ["tools"]],
  ]);
});
