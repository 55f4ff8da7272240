import { createReadStream } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import type { Content } from "@stickfarm/common/media/content";
import type { MediaDefinition } from "@stickfarm/common/media/definition";
import type { TreeFile } from "@stickfarm/common/media/manifest";
import { fail, type Result } from "@stickfarm/common/result";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { findTool } from "@stickfarm/common/rim/tools";
import { expect, onTestFinished, test } from "vitest";
import { makeWim, runWimlib } from "../boot-image/wim-fixture.ts";
import { readDefinition } from "../compile/read-definition.ts";
import { openLibrary } from "../content/library.ts";
import { openStore } from "../store/open-store.ts";
import { wimSplitsStore } from "../store/wim-splits-store.ts";
import { createWimSplitter, type SplitWim } from "./create-wim-splitter.ts";
import { splitOversize } from "./split-oversize.ts";

const SIZES = [400_000, 400_000, 400_000, 400_000];

test("splitOversize() puts parts in the place of a WIM file, which wimlib verifies and applies", async () => {
  const { splitWim, library, wim, folder } = await setUp();
  const input = { definition: definitionWith("splitWim"), splitWim, fileBytesMax: MIB };
  const split = unwrap(await splitOversize({ ...input, contents: [contentOf(wim)] }));
  const files = filesOf(split[0]);
  expect(files.map(({ path, modifiedAtMs }) => [path, modifiedAtMs])).toEqual([
    ["sources/boot.txt", 5],
    ["sources/Install.swm", 7],
    ["sources/Install2.swm", 7],
  ]);
  for (const { path, blob } of files.slice(1)) {
    expect(blob.sizeBytes).toBeLessThanOrEqual(MIB);
    await writeFile(
      join(folder, path.slice("sources/".length)),
      await readFile(library.pathOf(blob.sha256)),
    );
  }
  runWimlib("verify", join(folder, "Install.swm"), `--ref=${join(folder, "Install*.swm")}`);
  runWimlib(
    "apply",
    join(folder, "Install.swm"),
    "1",
    join(folder, "a"),
    `--ref=${join(folder, "Install*.swm")}`,
  );
  expect(await readFile(join(folder, "a/file-3"))).toEqual(
    await readFile(join(folder, "wim-tree/file-3")),
  );
});

test("splitOversize() splits a file once, and gives what was recorded even without the program", async () => {
  const { splitWim, wim, runs, again } = await setUp();
  const input = { definition: definitionWith("splitWim"), fileBytesMax: MIB };
  const contents = [contentOf(wim)];
  const [first, second] = await Promise.all([
    splitOversize({ ...input, contents, splitWim }),
    splitOversize({ ...input, contents, splitWim }),
  ]);
  expect(second).toEqual(first);
  expect(runs.count).toBe(1);
  const later = await splitOversize({ ...input, contents, splitWim: again(async () => null) });
  expect(later).toEqual(first);
});

test("splitOversize() splits again when the library has lost a part", async () => {
  const { splitWim, library, wim, runs } = await setUp();
  const input = { definition: definitionWith("splitWim"), splitWim, fileBytesMax: MIB };
  const first = unwrap(await splitOversize({ ...input, contents: [contentOf(wim)] }));
  await rm(library.pathOf(filesOf(first[0])[2]?.blob.sha256 ?? ""));
  const second = unwrap(await splitOversize({ ...input, contents: [contentOf(wim)] }));
  expect(runs.count).toBe(2);
  for (const { blob } of filesOf(second[0]).slice(1))
    expect(await library.has(blob.sha256)).toBe(true);
  expect(unwrap(await splitOversize({ ...input, contents: [contentOf(wim)] }))).toEqual(second);
  expect(runs.count).toBe(2);
});

test("splitOversize() leaves all else as it is", async () => {
  const wim = { sha256: "a".repeat(64), sizeBytes: 3 * MIB };
  const contents = [contentOf(wim)];
  const rejected = {
    definition: definitionWith("reject"),
    splitWim: neverSplit,
    fileBytesMax: MIB,
  };
  expect(await splitOversize({ ...rejected, contents })).toEqual({ ok: true, value: contents });
  const allowed = { ...rejected, definition: definitionWith("splitWim") };
  const other = [contentOf(wim, "data/large.bin")];
  expect(await splitOversize({ ...allowed, contents: other })).toEqual({ ok: true, value: other });
  const fits = [contentOf({ ...wim, sizeBytes: MIB })];
  expect(await splitOversize({ ...allowed, contents: fits })).toEqual({ ok: true, value: fits });
  // Of 4 GiB - 1 byte it is, unless a test says otherwise.
  const { fileBytesMax: _, ...real } = allowed;
  expect(await splitOversize({ ...real, contents })).toEqual({ ok: true, value: contents });
  const large = [contentOf({ ...wim, sizeBytes: 2 ** 32 })];
  expect(await splitOversize({ ...real, contents: large })).toMatchObject({
    problem: { detail: 'Cannot split "sources/Install.wim" of content "winpe"' },
  });
});

test("splitOversize() says that a file to be split must be in the controller's library", async () => {
  const { splitWim } = await setUp();
  const gone = contentOf({ sha256: "b".repeat(64), sizeBytes: 3 * MIB });
  const input = { definition: definitionWith("splitWim"), splitWim, fileBytesMax: MIB };
  expect(await splitOversize({ ...input, contents: [gone] })).toMatchObject({
    problem: { code: "content_missing", detail: expect.stringContaining("its own library") },
  });
});

async function setUp() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const library = unwrap(await openLibrary(join(folder, "library")));
  const db = unwrap(await openStore(join(folder, "store.sqlite")));
  onTestFinished(() => db.close());
  const path = await makeWim(folder, SIZES);
  const { sha256, sizeBytes } = unwrap(await hashFile(path));
  unwrap(await library.receive({ sha256, sizeBytes }, createReadStream(path)));
  const runs = { count: 0 };
  const options = { library, splits: wimSplitsStore(db), partBytes: MIB };
  const splitWim = createWimSplitter({
    ...options,
    findTool: (name) => {
      runs.count += 1;
      return findTool(name);
    },
  });
  const again = (find: typeof findTool) => createWimSplitter({ ...options, findTool: find });
  return { folder, library, wim: { sha256, sizeBytes }, splitWim, runs, again };
}

const neverSplit: SplitWim = async (_, doing) => fail({ code: "internal", detail: doing });

function contentOf(blob: TreeFile["blob"], path = "sources/Install.wim"): Content {
  const text = { sha256: "c".repeat(64), sizeBytes: 1 };
  const files = [
    { path: "sources/boot.txt", blob: text, modifiedAtMs: 5 },
    { path, blob, modifiedAtMs: 7 },
  ];
  const body = { kind: "tree", files, emptyDirectories: [] } as const;
  return { name: "winpe", digest: "d".repeat(64), createdAtMs: 1, body, bootImage: null };
}

function filesOf(content: Content | undefined): readonly TreeFile[] {
  return content?.body.kind === "tree" ? content.body.files : [];
}

function definitionWith(oversizeFiles: "reject" | "splitWim"): MediaDefinition {
  const text = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: hq }
spec:
  files: [{ content: winpe }]
  output: { usb: { oversizeFiles: ${oversizeFiles} } }
`;
  const { definition } = readDefinition(text, { nowMs: 1, library: null });
  if (definition === null) throw new Error("the definition was to be right");
  return definition;
}

function unwrap<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}
