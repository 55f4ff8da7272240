import { expect, test } from "vitest";
import { runRounds } from "./run-rounds.ts";

test("runRounds() does all methods in turn, shows what it measured once, and leaves the warm-up out", async () => {
  const done: string[] = [];
  const told: string[] = [];
  const method = (name: string) => async () => {
    done.push(name);
    return [];
  };
  const run = await runRounds(
    { one: method("one"), other: method("other") },
    { setting: "1 x file", targets: 1, limitSeconds: null },
    { rounds: 2, warmUp: true, say: () => told.push("round"), show: () => told.push("setting") },
  );
  expect(done).toEqual(["one", "other", "one", "other", "one", "other"]);
  expect(told).toEqual(["round", "round", "round", "setting"]);
  expect(run.samples["one"]).toHaveLength(2);
});
