import { expect, onTestFinished, test } from "vitest";
import { openFarm } from "./store-fixture.ts";

const HQ = {
  name: "hq",
  digest: "d1",
  kind: "BootableMedia",
  description: "",
  yaml: "\ufeffa: b\r\n# é",
  createdAtMs: 7,
};

test("history() gives every revision with its very text, the newest first", async () => {
  const { definitions } = (await openFarm(onTestFinished)).store;
  await definitions.add(HQ);
  await definitions.add({ ...HQ, digest: "d2", yaml: "c" });
  await definitions.add({ ...HQ, name: "other" });
  const history = await definitions.history("hq");
  expect(history.map(({ revision, yaml }) => [revision, yaml])).toEqual([
    [2, "c"],
    [1, HQ.yaml],
  ]);
  expect(await definitions.history("none")).toEqual([]);
});

test("task sequences have revisions of their own, whatever media are called", async () => {
  const { definitions, taskSequences } = (await openFarm(onTestFinished)).store;
  await definitions.add(HQ);
  const added = await taskSequences.add({ ...HQ, kind: "TaskSequence", digest: "t1" });
  expect(added).toMatchObject({ stored: true, revision: { revision: 1, digest: "t1" } });
  expect(await taskSequences.add({ ...HQ, digest: "t1" })).toMatchObject({ stored: false });
  expect(await definitions.find("hq", 0)).toMatchObject({ digest: "d1" });
  expect(await taskSequences.list()).toHaveLength(1);
});
