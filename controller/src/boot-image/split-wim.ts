import { mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { MIB, renderBytes } from "@stickfarm/common/bytes";
import { FAT_FILE_BYTES_MAX } from "@stickfarm/common/layout/check-tree";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { checkDiskRoom } from "@stickfarm/common/rim/disk-room";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { runTool } from "@stickfarm/common/rim/run-tool";
import { type FindTool, findTool, toolMissing } from "@stickfarm/common/rim/tools";
import { inspectWim } from "./inspect-wim.ts";

export type SplitOptions = {
  /** First half of every problem's sentence: "Cannot split "sources/install.wim"". */
  readonly doing: string;
  /** Whole MiB. A part is larger only when one file in it is. */
  readonly partBytes: number;
  /** No part may have more. */
  readonly fileBytesMax?: number;
  readonly findTool?: FindTool | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly temporaryFolder?: string;
};

/** It tells its progress, but only between the files that it copies. */
const SILENCE_MAX_MS = 10 * 60_000;
const PART = /^part(\d*)\.swm$/;

/**
 * Split a WIM file into parts that FAT32 holds, and give `use` their paths, in order. The files are gone afterwards.
 *
 * Problems: archive_unreadable for a file that is no whole WIM; file_too_large when one file in it is larger than a part
 *           may be; tool_missing, tool_failed, disk_full, storage_failed, canceled.
 * Source:   wimlib-imagex-split(1).
 */
export async function withSplitWim<Value>(
  wimPath: string,
  options: SplitOptions,
  use: (paths: readonly string[]) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const { doing, partBytes, signal } = options;
  const wimlib = await (options.findTool ?? findTool)("wimlib-imagex");
  if (wimlib === null) return fail(toolMissing(doing, ["wimlib-imagex"]));
  const parent = options.temporaryFolder ?? process.env["TMPDIR"] ?? "/var/tmp";
  try {
    const sizeBytes = await checkWim(doing, wimPath);
    if (!sizeBytes.ok) return sizeBytes;
    const room = await checkDiskRoom(parent, { doing, sizeBytes: sizeBytes.value });
    if (!room.ok) return room;
    const folder = await mkdtemp(join(parent, "stickfarm-wim-"));
    try {
      const args = ["split", wimPath, join(folder, "part.swm"), String(partBytes / MIB)];
      const run = { doing, path: wimlib, args, inputPath: null, signal };
      const split = await runTool({ ...run, silenceMaxMs: SILENCE_MAX_MS });
      if (!split.ok) return split;
      // It splits a damaged file without a word; only reading all of it back tells.
      const verify = ["verify", join(folder, "part.swm"), `--ref=${join(folder, "part*.swm")}`];
      const verified = await runTool({ ...run, args: verify, silenceMaxMs: SILENCE_MAX_MS });
      if (!verified.ok) return verified;
      const parts = await listParts(folder, options);
      return parts.ok ? await use(parts.value) : parts;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

/** Its size, when its header is whole: wimlib's words for one that is not name no byte. */
async function checkWim(doing: string, wimPath: string): Promise<Result<number>> {
  const file = await open(wimPath, "r");
  try {
    const { size: sizeBytes } = await file.stat();
    const facts = await inspectWim(file, { doing, sizeBytes });
    return facts.ok ? ok(sizeBytes) : facts;
  } finally {
    await file.close();
  }
}

async function listParts(
  folder: string,
  { doing, fileBytesMax = FAT_FILE_BYTES_MAX }: SplitOptions,
): Promise<Result<readonly string[]>> {
  const names = (await readdir(folder)).filter((name) => PART.test(name));
  names.sort((one, other) => numberOf(one) - numberOf(other));
  for (const name of names) {
    const { size } = await stat(join(folder, name));
    if (size <= fileBytesMax) continue;
    const why = `part ${numberOf(name)} of ${names.length} has ${renderBytes(size)}, because a file in it is that large; at most ${renderBytes(fileBytesMax)} fit`;
    return fail({ code: "file_too_large", detail: `${doing}: ${why}` });
  }
  return ok(names.map((name) => join(folder, name)));
}

/** "part.swm" is the first. */
function numberOf(name: string): number {
  return Number(PART.exec(name)?.[1] || "1");
}
