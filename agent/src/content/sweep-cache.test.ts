import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { sweepCache } from "./sweep-cache.ts";

test("sweepCache() removes what no run would use again, and nothing else", async () => {
  const directory = await makeTemporaryFolder(onTestFinished);
  const [a, b, c] = ["a", "b", "c"].map((letter) => letter.repeat(64));
  const names = [`${a}.partial`, `${b}.partial`, `${b}.pieces`, `${c}.pieces`, `${c}`];
  for (const name of names) await writeFile(join(directory, name), "x");
  const nowMs = Date.UTC(2026, 0, 10);
  const daysAgo = (days: number) => new Date(nowMs - days * 24 * 3600_000);
  await utimes(join(directory, `${a}.partial`), daysAgo(8), daysAgo(8));
  await utimes(join(directory, `${b}.partial`), daysAgo(6), daysAgo(6));
  await utimes(join(directory, `${c}`), daysAgo(800), daysAgo(800));
  await sweepCache(directory, nowMs);
  expect((await readdir(directory)).sort()).toEqual([`${b}.partial`, `${c}`, `${c}.pieces`]);
});
