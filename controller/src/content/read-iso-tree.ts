import { chmod, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { checkDiskRoom } from "@stickfarm/common/rim/disk-room";
import { runTool } from "@stickfarm/common/rim/run-tool";
import { type FindTool, findTool, toolMissing } from "@stickfarm/common/rim/tools";
import { checkIsoTree } from "./check-iso-tree.ts";
import { readIsoHead } from "./read-iso-head.ts";

export type IsoOptions = {
  readonly findTool?: FindTool;
  readonly signal?: AbortSignal;
  /** /var/tmp, when TMPDIR names no other place: /tmp is memory on many machines, and these trees have gigabytes. */
  readonly temporaryFolder?: string;
};

/** Neither program says anything while it copies: this bounds the whole extraction. */
const EXTRACT_MAX_MS = 30 * 60_000;

/**
 * Lay the files of an ISO image out in a temporary folder, and give that to `use`. The folder is gone afterwards,
 * whatever happens: what is to stay must have been taken out of it.
 *
 * Problems: archive_unreadable, tool_missing, tool_failed, disk_full, canceled.
 */
export async function withIsoTree<Value>(
  isoPath: string,
  options: IsoOptions,
  use: (folder: string) => Promise<Value>,
): Promise<Result<Value>> {
  const doing = `Cannot read the ISO image "${isoPath}"`;
  const head = await readIsoHead(isoPath);
  if (!head.ok) return head;
  const parent = options.temporaryFolder ?? process.env["TMPDIR"] ?? "/var/tmp";
  const sum = await checkIsoTree(isoPath, head.value);
  if (!sum.ok) return sum;
  // The same bytes may lie in the image once and be files a thousand times.
  const room = await checkDiskRoom(parent, { doing, sizeBytes: sum.value.contentBytes });
  if (!room.ok) return room;
  const temporary = await mkdtemp(join(parent, "stickfarm-iso-"));
  try {
    const folder = join(temporary, "tree");
    await mkdir(folder);
    const extracted = await extract(doing, { isoPath: resolve(isoPath), folder }, options);
    if (!extracted.ok) return extracted;
    const note = head.value.hasUdf ? await whyOnlyNote(doing, folder) : null;
    return note === null ? ok(await use(folder)) : fail(note);
  } finally {
    await removeTree(temporary);
  }
}

type Extraction = { readonly isoPath: string; readonly folder: string };

async function extract(
  doing: string,
  extraction: Extraction,
  options: IsoOptions,
): Promise<Result<void>> {
  const find = options.findTool ?? findTool;
  const command =
    (await xorrisoCommand(find, extraction)) ?? (await bsdtarCommand(find, extraction));
  if (command === null) return fail(toolMissing(doing, ["xorriso", "bsdtar"]));
  const { signal } = options;
  return runTool({ doing, ...command, inputPath: null, signal, silenceMaxMs: EXTRACT_MAX_MS });
}

type Command = { readonly path: string; readonly args: readonly string[] };

/** Source: xorriso(1), -osirrox, -extract; -no_rc must come first. */
async function xorrisoCommand(
  find: FindTool,
  { isoPath, folder }: Extraction,
): Promise<Command | null> {
  const path = await find("xorriso");
  const quiet = ["-no_rc", "-report_about", "SORRY"];
  const args = [
    ...quiet,
    "-osirrox",
    "on:auto_chmod_on",
    "-indev",
    `stdio:${isoPath}`,
    "-extract",
    "/",
    folder,
  ];
  return path === null ? null : { path, args };
}

async function bsdtarCommand(
  find: FindTool,
  { isoPath, folder }: Extraction,
): Promise<Command | null> {
  const path = await find("bsdtar");
  return path === null
    ? null
    : { path, args: ["-x", "-f", isoPath, "-C", folder, "--no-same-owner"] };
}

/** Neither program reads UDF; what they see of such an image is a text that says so. */
async function whyOnlyNote(doing: string, folder: string): Promise<Problem | null> {
  const names = await readdir(folder);
  if (names.some((name) => !/^readme\.txt$/i.test(name))) return null;
  const why =
    "its files are in a UDF file system, which only mounting reads: `mount -o ro IMAGE DIR`, then add DIR";
  return { code: "archive_unreadable", detail: `${doing}: ${why}` };
}

/** Folders on an ISO image are read-only, and stay so when they are copied. */
async function removeTree(folder: string): Promise<void> {
  await makeWritable(folder);
  await rm(folder, { recursive: true, force: true });
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}
