import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { chmod, mkdir, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import type { Problem } from "@stickfarm/common/problem";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { asNobody } from "./content-fixture.ts";
import { type ScannedTree, type ScanOptions, scanTree } from "./scan-tree.ts";

// Source: FIPS 180-2, appendix B.1, for "abc".
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

test("scanTree() gives files by path, with digest, size and time, and empty folders", async () => {
  const { folder, add } = await makeTree();
  await add("b/two.txt", "abc");
  await add("a.txt", "abc");
  await add("C/empty", "");
  await mkdir(join(folder, "z/empty-folder"), { recursive: true });
  await utimes(join(folder, "a.txt"), 1_700_000_000, 1_700_000_000);
  const { files, emptyDirectories, leftOut } = await scanned(folder);
  expect(files.map(({ path, blob }) => [path, blob.sha256, blob.sizeBytes])).toEqual([
    ["C/empty", EMPTY, 0],
    ["a.txt", ABC, 3],
    ["b/two.txt", ABC, 3],
  ]);
  expect(files[1]).toMatchObject({
    localPath: join(folder, "a.txt"),
    modifiedAtMs: 1_700_000_000_000,
  });
  expect([emptyDirectories, leftOut]).toEqual([["z/empty-folder"], []]);
});

test("scanTree() takes a WIM file that FAT32 holds in parts only", async () => {
  const { folder } = await makeTree();
  await writeFile(join(folder, "install.WIM"), "");
  await truncate(join(folder, "install.WIM"), 2 ** 32);
  const stop = new AbortController();
  // It gets as far as reading it.
  const scan = await scanTree(folder, { signal: stop.signal, onProgress: () => stop.abort() });
  expect(scan).toMatchObject({ ok: false, problems: [{ code: "canceled" }] });
});

test("scanTree() follows links that stay inside", async () => {
  const { folder, add } = await makeTree();
  await add("real/file.txt", "abc");
  await symlink("real/file.txt", join(folder, "to-file"));
  await symlink("real", join(folder, "to-folder"));
  await symlink(join(folder, "to-folder"), join(folder, "to-link"));
  const { files } = await scanned(folder);
  expect(files.map(({ path, blob }) => [path, blob.sha256])).toEqual([
    ["real/file.txt", ABC],
    ["to-file", ABC],
    ["to-folder/file.txt", ABC],
    ["to-link/file.txt", ABC],
  ]);
});

test("scanTree() takes the folder itself by a link", async () => {
  const { folder, add } = await makeTree();
  await add("tree/file.txt", "abc");
  await symlink("tree", join(folder, "link"));
  const { files } = await scanned(join(folder, "link"));
  expect(files.map(({ path }) => path)).toEqual(["file.txt"]);
});

test("scanTree() names everything that is no content, at once", async () => {
  const { folder, add } = await makeTree();
  await add("good.txt", "abc");
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const server = createServer().listen(join(folder, "socket"));
  onTestFinished(() => void server.close());
  await mkdir(join(folder, "sub"));
  await symlink("/dev/null", join(folder, "device"));
  await symlink("../..", join(folder, "sub/out"));
  await symlink("nowhere", join(folder, "sub/dangling"));
  await symlink("..", join(folder, "sub/loop"));
  await symlink("self", join(folder, "sub/self"));
  const large = await add("large.bin", "");
  await truncate(large, 2 ** 32);
  await add("Case.txt", "");
  await add("case.TXT", "");
  await add("what?.txt", "");
  expect((await refused(folder)).sort()).toEqual(
    [
      /^names_collide: .*"Case.txt"|"case.TXT"/,
      /^name_not_fat: Cannot put "what\?.txt" on FAT32/,
      /^file_too_large: Cannot put "large.bin" on FAT32: .*4294967296/,
      /^path_leaves_tree: Cannot add "device": it is a link to "\/dev\/null", outside of/,
      /^path_leaves_tree: Cannot add "sub\/out": it is a link to/,
      /^path_missing: Cannot add "sub\/dangling": it is a link to "nowhere", which is not there/,
      /^path_not_content: Cannot add "pipe": it is a named pipe/,
      /^path_not_content: Cannot add "socket": it is a socket/,
      /^path_not_content: Cannot add "sub\/self": ELOOP/,
      /^path_not_content: Cannot add "sub\/loop": it is a link to a folder that it lies in/,
    ]
      .map((words) => expect.stringMatching(words))
      .sort((one, other) => (String(one.sample) < String(other.sample) ? -1 : 1)),
  );
});

test("scanTree() is not led out by a folder whose name begins like its own", async () => {
  const { folder, add } = await makeTree();
  await add("tree/file.txt", "abc");
  await add("tree-secret/key", "abc");
  await symlink("../tree-secret/key", join(folder, "tree/key"));
  expect(await refused(join(folder, "tree"))).toEqual([expect.stringMatching(/^path_leaves_tree/)]);
});

test("scanTree() may leave loops out, two folders that lead to each other too", async () => {
  const { folder, add } = await makeTree();
  await add("a/file.txt", "abc");
  await add("b/file.txt", "abc");
  await symlink(".", join(folder, "debian"));
  await symlink("../b", join(folder, "a/to-b"));
  await symlink("../a", join(folder, "b/to-a"));
  const { files, leftOut } = await scanned(folder, { loops: "leave-out" });
  expect(leftOut).toEqual(["a/to-b/to-a", "b/to-a/to-b", "debian"]);
  expect(files.map(({ path }) => path)).toEqual([
    "a/file.txt",
    "a/to-b/file.txt",
    "b/file.txt",
    "b/to-a/file.txt",
  ]);
});

test("scanTree() names what it may not read", async () => {
  const { folder, add } = await makeTree();
  await add("open.txt", "abc");
  await chmod(folder, 0o755);
  await chmod(await add("closed.txt", "abc"), 0o000);
  await add("closed-folder/file.txt", "abc");
  await chmod(join(folder, "closed-folder"), 0o000);
  const problems = await asNobody(() => refused(folder));
  await chmod(join(folder, "closed-folder"), 0o700);
  expect(problems).toEqual([
    expect.stringMatching(/^path_unreadable: Cannot add "closed-folder": EACCES/),
    expect.stringMatching(/^path_unreadable: Cannot add "closed.txt": EACCES/),
  ]);
});

test("scanTree() names what is not there, what is no folder and what is empty", async () => {
  const { folder, add } = await makeTree();
  const file = await add("file", "abc");
  await mkdir(join(folder, "empty"));
  expect(await refused(join(folder, "none"))).toEqual([expect.stringMatching(/^path_missing/)]);
  expect(await refused(file)).toEqual([expect.stringMatching(/^path_missing: .*ENOTDIR/)]);
  expect(await refused(join(folder, "empty"))).toEqual([
    expect.stringMatching(/^usage: .*it holds no file/),
  ]);
});

test("scanTree() refuses names that are no UTF-8", async () => {
  const { folder, add } = await makeTree();
  await add("good.txt", "abc");
  await writeFile(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.from([0xff, 0xfe])]), "abc");
  expect(await refused(folder)).toEqual([expect.stringMatching(/^name_not_fat: .*must be UTF-8/)]);
});

test("scanTree() notices a file that changes meanwhile, and reports its progress", async () => {
  const { folder, add } = await makeTree();
  const path = await add("growing.img", Buffer.alloc(3_000_000));
  const seen: number[][] = [];
  const problems = await refused(folder, {
    onProgress: (doneBytes, totalBytes) => {
      if (seen.length === 0) appendFileSync(path, "more");
      seen.push([doneBytes, totalBytes]);
    },
  });
  expect(problems).toEqual([expect.stringMatching(/^path_changed: .*growing.img/)]);
  expect(seen[0]).toEqual([1024 * 1024, 3_000_000]);
});

test("scanTree() stops with one problem, however many files there are", async () => {
  const { folder, add } = await makeTree();
  for (const name of ["a", "b", "c"]) await add(name, "abc");
  const problems = await refused(folder, { signal: AbortSignal.abort() });
  expect(problems).toEqual([expect.stringMatching(/^canceled/)]);
});

async function makeTree() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const add = async (path: string, content: string | Uint8Array): Promise<string> => {
    const full = join(folder, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, content);
    return full;
  };
  return { folder, add };
}

async function scanned(folder: string, options?: ScanOptions): Promise<ScannedTree> {
  const scan = await scanTree(folder, options);
  if (!scan.ok) throw new Error(say(scan.problems).join("\n"));
  return scan.value;
}

async function refused(folder: string, options?: ScanOptions): Promise<string[]> {
  const scan = await scanTree(folder, options);
  return scan.ok ? [] : say(scan.problems);
}

function say(problems: readonly Problem[]): string[] {
  return problems.map(({ code, detail }) => `${code}: ${detail}`);
}
