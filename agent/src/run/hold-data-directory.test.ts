import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { holdDataDirectory } from "./hold-data-directory.ts";

test("holdDataDirectory() lets one agent run on a directory, and another after it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "stickfarm-hold-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const first = await holdDataDirectory(directory);
  expect(await holdDataDirectory(`${directory}/.`)).toMatchObject({
    problem: { code: "agent_superseded" },
  });
  if (first.ok) await first.value.close();
  const second = await holdDataDirectory(directory);
  expect(second.ok).toBe(true);
  if (second.ok) await second.value.close();
});
