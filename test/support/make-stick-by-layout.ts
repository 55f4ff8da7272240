import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Extent } from "@stickfarm/common/layout/extent";
import { layoutManifest } from "@stickfarm/common/layout/layout-manifest";
import { stickIdentity } from "@stickfarm/common/layout/stick-identity";
import type { TreeBody, TreeFile } from "@stickfarm/common/media/manifest";
import type { BootTree } from "./boot-tree.ts";

const STICK_BYTES = 64 * 1024 * 1024;
const BLOCK_BYTES = 512;
const OLD_DATA = 0xaa;
const MODIFIED_AT_MS = Date.UTC(2026, 1, 28, 13, 14, 16);

/**
 * The stick as our layout has it, in a file of 64 MiB that was full of old data: what no extent covers stays so. Only
 * the layout is ours here; that the agent writes just this is for its own tests.
 */
export async function makeStickByLayout(
  tree: BootTree,
  { path, table }: { readonly path: string; readonly table: "mbr" | "gpt" },
): Promise<void> {
  const { files, blobs } = await readTree(tree.directory);
  const boot = await readFile(join(tree.directory, tree.bootImage));
  const core = await readFile(join(tree.directory, tree.coreImage));
  const body: TreeBody = {
    kind: "tree",
    partitionTable: table,
    fileSystem: "fat32",
    partitionBytes: "fill",
    volumeLabel: "BOOT LAB",
    files,
    emptyDirectories: ["an empty directory"],
    biosBoot: { kind: "grub", boot: refOf(boot), core: refOf(core) },
  };
  const layout = layoutManifest({
    body,
    geometry: { sizeBytes: STICK_BYTES, logicalBlockBytes: BLOCK_BYTES },
    identity: stickIdentity("0123456789abcdef0123456789abcdef"),
    stamps: [
      { path: "stickfarm/stamp.json", bytes: Buffer.from("{}"), modifiedAtMs: MODIFIED_AT_MS },
    ],
    biosBoot: { boot, core },
  });
  if (!layout.ok) throw new Error(layout.problem.detail);
  await writeFile(path, Buffer.alloc(STICK_BYTES, OLD_DATA));
  const stick = await open(path, "r+");
  try {
    for (const extent of layout.value.extents) await writeExtent(stick, extent, blobs);
  } finally {
    await stick.close();
  }
}

async function writeExtent(
  stick: FileHandle,
  { offsetBytes, lengthBytes, source }: Extent,
  blobs: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const bytes = Buffer.alloc(Math.ceil(lengthBytes / BLOCK_BYTES) * BLOCK_BYTES);
  if (source.kind === "bytes") bytes.set(source.bytes);
  if (source.kind === "blob") {
    const blob = blobs.get(source.sha256);
    if (blob === undefined) throw new Error(`The layout names the unknown blob ${source.sha256}`);
    bytes.set(blob.subarray(source.blobOffsetBytes, source.blobOffsetBytes + lengthBytes));
  }
  await stick.write(bytes, 0, bytes.length, offsetBytes);
}

async function readTree(
  directory: string,
): Promise<{ readonly files: TreeFile[]; readonly blobs: Map<string, Buffer> }> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const blobs = new Map<string, Buffer>();
  const files: TreeFile[] = [];
  for (const path of paths) {
    const bytes = await readFile(path);
    const blob = refOf(bytes);
    blobs.set(blob.sha256, bytes);
    files.push({ path: relative(directory, path), blob, modifiedAtMs: MODIFIED_AT_MS });
  }
  files.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { files, blobs };
}

function refOf(bytes: Uint8Array): { readonly sha256: string; readonly sizeBytes: number } {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
}
