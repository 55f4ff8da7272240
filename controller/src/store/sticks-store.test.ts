import { NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import { expect, onTestFinished, test } from "vitest";
import { build, DIGEST, job, ORDER, openFarm, result } from "./store-fixture.ts";

const USB = "usb:0781:5583:4C530001";

function stick(jobId: string, driveId: string, insertion: string) {
  const { consent, ...rest } = job(jobId, "4C530001");
  return { ...rest, consent: { ...consent, driveId, insertion } };
}

type Farm = Awaited<ReturnType<typeof openFarm>>;

/** A build of one stick that ended at `atMs`. */
async function run(farm: Farm, made: ReturnType<typeof stick>, atMs: number) {
  await farm.store.builds.start(build(`b-${made.jobId}`), [made], ORDER);
  const entry = await farm.assign(made.jobId, 1);
  const ended = { ...result(entry?.fence ?? 0, "x"), jobId: made.jobId };
  await farm.store.builds.recordResult(ended, atMs);
  return entry;
}

test("history() has every attempt at a stick that has ended, first to last, over a new opening of the database", async () => {
  const farm = await openFarm(onTestFinished);
  const first = await run(farm, stick("j1", USB, "a:1"), 10);
  await run(farm, stick("j2", USB, "b:2"), 20);
  await run(farm, stick("j3", "virtual-file:A1", "1"), 30);
  await farm.store.builds.start(build("b-j4"), [stick("j4", USB, "b:2")], ORDER);
  await farm.assign("j4", 1);
  await farm.reopen();
  const history = await farm.store.sticks.history(stick("j5", USB, "c:3"));
  expect(history.map(({ jobId, endedAtMs }) => [jobId, endedAtMs])).toEqual([
    ["j1", 10],
    ["j2", 20],
  ]);
  expect(history[0]).toEqual({
    buildId: "b-j1",
    jobId: "j1",
    attempt: 1,
    stickId: first?.stickId,
    agent: "ws-1",
    consent: stick("j1", USB, "a:1").consent,
    model: "",
    media: { name: "media", revision: 1 },
    manifestSha256: DIGEST,
    outcome: { kind: "succeeded", proof: "read-back" },
    evidence: { manifestSha256: DIGEST, ...NO_EVIDENCE },
    endedAtMs: 10,
  });
});

test("history() of a stick that is known by its port is that of one insertion", async () => {
  const farm = await openFarm(onTestFinished);
  await run(farm, stick("j1", "usb-port:2-1:0781:5583", "a:1"), 10);
  const history = (insertion: string) =>
    farm.store.sticks.history(stick("j2", "usb-port:2-1:0781:5583", insertion));
  expect(await history("a:1")).toHaveLength(1);
  expect(await history("a:2")).toEqual([]);
});

test("history() reads what an earlier version measured", async () => {
  const farm = await openFarm(onTestFinished);
  await run(farm, stick("j1", USB, "a:1"), 10);
  await farm.exec(`UPDATE results SET evidence = '{"manifestSha256":"old","writtenBytes":9}'`);
  const [attempt] = await farm.store.sticks.history(stick("j2", USB, "a:1"));
  expect(attempt?.evidence).toEqual({ ...NO_EVIDENCE, manifestSha256: "old", writtenBytes: 9 });
});

test("list() has each stick once, the one that was written last in front, and no more than asked for", async () => {
  const farm = await openFarm(onTestFinished);
  await run(farm, stick("j1", USB, "a:1"), 10);
  await run(farm, stick("j2", "virtual-file:A1", "1"), 20);
  await run(farm, stick("j3", "usb-port:2-1:0781:5583", "a:1"), 30);
  await run(farm, stick("j4", "usb-port:2-1:0781:5583", "a:2"), 40);
  await run(farm, stick("j5", USB, "b:2"), 50);
  const jobs = async (most: number) =>
    (await farm.store.sticks.list(most)).map((history) => history.map(({ jobId }) => jobId));
  expect(await jobs(10)).toEqual([["j1", "j5"], ["j4"], ["j3"], ["j2"]]);
  expect(await jobs(2)).toEqual([["j1", "j5"], ["j4"]]);
});

test("find() gives the whole past of every stick with this serial or this id", async () => {
  const farm = await openFarm(onTestFinished);
  const first = await run(farm, stick("j1", USB, "a:1"), 10);
  await run(farm, stick("j2", USB, "b:2"), 20);
  await run(farm, stick("j3", "virtual-file:A1", "1"), 30);
  const jobs = async (name: string) =>
    (await farm.store.sticks.find(name)).map((history) => history.map(({ jobId }) => jobId));
  expect(await jobs(first?.stickId ?? "")).toEqual([["j1", "j2"]]);
  expect(await jobs("4C530001")).toEqual([["j3"], ["j1", "j2"]]);
  expect(await jobs("4C53")).toEqual([]);
});
