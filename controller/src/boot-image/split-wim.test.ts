import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { type SplitOptions, withSplitWim } from "./split-wim.ts";
import { makeWim, runWimlib } from "./wim-fixture.ts";

const SIZES = Array.from({ length: 12 }, () => 400_000);

test("withSplitWim() makes parts that wimlib verifies and applies, and that are gone afterwards", async () => {
  const { wim, folder, options } = await setUp(SIZES);
  const names = await withSplitWim(wim, options, async (paths) => {
    for (const path of paths) await copyFile(path, join(folder, basename(path)));
    for (const path of paths) expect((await readFile(path)).length).toBeLessThanOrEqual(MIB);
    return ok(paths.map((path) => basename(path)));
  });
  // More than nine: the tenth comes after the ninth, not after the first.
  expect(names).toMatchObject({ ok: true, value: ["part.swm", ...numbered(2, 6)] });
  const first = join(folder, "part.swm");
  const rest = `--ref=${join(folder, "part*.swm")}`;
  runWimlib("verify", first, rest);
  runWimlib("apply", first, "1", join(folder, "applied"), rest);
  expect(await digests(join(folder, "applied"))).toEqual(await digests(join(folder, "wim-tree")));
  expect(await readdir(options.temporaryFolder ?? "")).toEqual([]);
});

test("withSplitWim() says which part is too large because of one file", async () => {
  const { wim, options } = await setUp([100_000, 3 * MIB, 200_000]);
  const split = await withSplitWim(wim, { ...options, fileBytesMax: 2 * MIB }, neverUsed);
  expect(split).toMatchObject({
    problem: {
      code: "file_too_large",
      detail: expect.stringMatching(/^Cannot split "x.wim": part \d of \d has 3.00 MiB, because/),
    },
  });
  expect(await readdir(options.temporaryFolder ?? "")).toEqual([]);
});

test("withSplitWim() refuses what is no whole WIM file", async () => {
  const { wim, options } = await setUp([100_000]);
  await truncate(wim, 50_000);
  expect(await withSplitWim(wim, options, neverUsed)).toMatchObject({
    problem: { code: "archive_unreadable", detail: expect.stringContaining("cut short") },
  });
  await writeFile(wim, "text");
  expect(await withSplitWim(wim, options, neverUsed)).toMatchObject({
    problem: { code: "archive_unreadable", detail: expect.stringContaining("no WIM file") },
  });
});

test("withSplitWim() refuses a WIM file whose bytes are damaged inside, in wimlib's words", async () => {
  const { wim, options } = await setUp(SIZES);
  const bytes = await readFile(wim);
  // The list of files lies where the header says; nothing of it can be read.
  const at = Number(bytes.readBigUInt64LE(56));
  await writeFile(wim, bytes.fill(0xff, at, at + 50));
  expect(await withSplitWim(wim, options, neverUsed)).toMatchObject({
    problem: {
      code: "archive_unreadable",
      detail: expect.stringContaining('"wimlib-imagex" says'),
    },
  });
  expect(await readdir(options.temporaryFolder ?? "")).toEqual([]);
});

test("withSplitWim() names the Debian package when wimlib is missing, and stops when told to", async () => {
  const { wim, options } = await setUp([100_000]);
  const findTool = async () => null;
  expect(await withSplitWim(wim, { ...options, findTool }, neverUsed)).toMatchObject({
    problem: { code: "tool_missing", detail: expect.stringContaining("wimtools") },
  });
  const signal = AbortSignal.abort();
  expect(await withSplitWim(wim, { ...options, signal }, neverUsed)).toMatchObject({
    problem: { code: "canceled" },
  });
});

async function setUp(sizes: readonly number[]) {
  const folder = await makeTemporaryFolder(onTestFinished);
  const temporaryFolder = join(folder, "temporary");
  await mkdir(temporaryFolder);
  const wim = await makeWim(folder, sizes);
  const options: SplitOptions = { doing: 'Cannot split "x.wim"', partBytes: MIB, temporaryFolder };
  return { wim, folder, options };
}

async function neverUsed(): Promise<never> {
  throw new Error("there are no parts to use");
}

async function digests(folder: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) {
    found[name] = createHash("sha256")
      .update(await readFile(join(folder, name)))
      .digest("hex");
  }
  return found;
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `part${from + index}.swm`);
}
