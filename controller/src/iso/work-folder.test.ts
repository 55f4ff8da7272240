import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { checkFolder, withWorkFolder } from "./work-folder.ts";

test("withWorkFolder() leaves nothing, however the work ends", async () => {
  const parent = await makeTemporaryFolder(onTestFinished);
  const work = async (folder: string) => {
    await writeFile(join(folder, "half"), "");
    return ok(await readdir(parent));
  };
  const [name = ""] = await withWorkFolder(parent, work).then((done) =>
    done.ok ? done.value : [],
  );
  expect(name).toMatch(/^\.stickfarm-iso-/);
  expect(await readdir(parent)).toEqual([]);
  const problem = { code: "canceled", detail: "Cannot go on" } as const;
  expect(await withWorkFolder(parent, async () => fail(problem))).toEqual(fail(problem));
  const broken = withWorkFolder(parent, () => Promise.reject(new TypeError("our fault")));
  await expect(broken).rejects.toThrow("our fault");
  expect(await readdir(parent)).toEqual([]);
});

test("withWorkFolder() removes what a dead run left, and nothing of one that lives", async () => {
  const parent = await makeTemporaryFolder(onTestFinished);
  await mkdir(join(parent, ".stickfarm-iso-dead/sub"), { recursive: true });
  await writeFile(join(parent, "hq.iso"), "");
  const seen = await withWorkFolder(parent, async (living) => {
    const inner = await withWorkFolder(parent, async () => ok(await readdir(parent)));
    expect(await readdir(living)).toEqual([]);
    return inner;
  });
  expect(seen.ok && seen.value.length).toBe(3);
  expect(seen.ok && seen.value.includes(".stickfarm-iso-dead")).toBe(false);
  expect(await readdir(parent)).toEqual(["hq.iso"]);
});

test("withWorkFolder() and checkFolder() say when there is no folder", async () => {
  const parent = await makeTemporaryFolder(onTestFinished);
  await writeFile(join(parent, "file"), "");
  const nowhere = join(parent, "nowhere");
  expect(await withWorkFolder(nowhere, async () => ok(1))).toMatchObject({
    problem: { code: "path_missing" },
  });
  expect(await checkFolder(nowhere)).toMatchObject({ problem: { code: "path_missing" } });
  expect(await checkFolder(join(parent, "file"))).toMatchObject({
    problem: { code: "path_not_content" },
  });
  expect(await checkFolder(parent)).toEqual(ok(undefined));
});
