import type { Content } from "@stickfarm/common/media/content";
import { expect, onTestFinished, test } from "vitest";
import { build, DIGEST, job, ORDER, openFarm } from "./store-fixture.ts";

const SHARE = {
  name: "dp-oslo",
  place: { kind: "directory", path: "/mnt/dp" },
  createdAtMs: 7,
} as const;
const WEB = {
  name: "dp-bergen",
  place: { kind: "http", url: "https://dp.example.net", caPem: "PEM" },
  createdAtMs: 8,
} as const;
const TREE: Content = {
  name: "tools",
  digest: DIGEST,
  createdAtMs: 1,
  body: { kind: "tree", files: [], emptyDirectories: [] },
  bootImage: null,
};

test("add() keeps a point over a restart, and takes the same again", async () => {
  const farm = await openFarm(onTestFinished);
  expect(await farm.store.points.add(SHARE)).toEqual({ ok: true, value: SHARE });
  await farm.store.points.add(WEB);
  await farm.reopen();
  expect(await farm.store.points.list()).toEqual([WEB, SHARE]);
  expect(await farm.store.points.find("dp-oslo")).toEqual(SHARE);
  expect(await farm.store.points.find("dp-x")).toBeNull();
  expect(await farm.store.points.add({ ...SHARE, createdAtMs: 99 })).toEqual({
    ok: true,
    value: SHARE,
  });
});

test("add() refuses a name that stands for another place", async () => {
  const { store } = await openFarm(onTestFinished);
  await store.points.add(SHARE);
  expect(await store.points.add({ ...WEB, name: SHARE.name })).toMatchObject({
    problem: { code: "point_taken" },
  });
  expect(await store.points.list()).toEqual([SHARE]);
});

test("distributions() lists what was noted, with its newest time, until the point is removed", async () => {
  const { store } = await openFarm(onTestFinished);
  await store.points.add(SHARE);
  await store.contents.add(TREE);
  await store.points.noteDistributed("dp-oslo", { content: "tools", verifiedAtMs: 5 });
  await store.points.noteDistributed("dp-oslo", { content: "tools", verifiedAtMs: 9 });
  await store.points.noteDistributed("dp-gone", { content: "tools", verifiedAtMs: 9 });
  expect(await store.points.distributions("dp-oslo")).toEqual([
    { content: "tools", verifiedAtMs: 9 },
  ]);
  expect(await store.points.remove("dp-oslo")).toBe(true);
  expect(await store.points.remove("dp-oslo")).toBe(false);
  await store.points.add(SHARE);
  expect(await store.points.distributions("dp-oslo")).toEqual([]);
});

test("a build keeps where it is fetched from over a restart", async () => {
  const farm = await openFarm(onTestFinished);
  const sources = { points: ["dp-oslo", "local"], made: [DIGEST] };
  const order = { ...build("b1"), sources };
  await farm.store.builds.start(order, [job("j1", "A1")], ORDER);
  await farm.reopen();
  expect((await farm.store.builds.find("b1"))?.sources).toEqual(sources);
});
