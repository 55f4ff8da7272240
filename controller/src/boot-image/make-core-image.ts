import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { runTool } from "@stickfarm/common/rim/run-tool";
import { type FindTool, findTool, toolMissing } from "@stickfarm/common/rim/tools";
import { GRUB_PC_FOLDER } from "./debian-loaders.ts";

export type CoreImage = {
  /** Where Debian's packages are: "/", or where they were unpacked. */
  readonly loadersRoot: string;
  /** What GRUB does first: find the stick. */
  readonly start: string;
  readonly outputPath: string;
  readonly doing: string;
  readonly findTool?: FindTool | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** All that a menu needs without reading a module from the stick, whose modules may be of another GRUB. */
const MODULES = [
  ...["biosdisk", "part_msdos", "part_gpt", "fat", "search", "search_fs_file", "search_label"],
  ...["normal", "configfile", "linux", "linux16", "multiboot", "chain", "echo", "test", "true"],
  ...[
    "serial",
    "terminal",
    "minicmd",
    "sleep",
    "halt",
    "reboot",
    "ls",
    "cat",
    "loopback",
    "iso9660",
  ],
];

/**
 * Make the part of GRUB that boot.img loads, with the modules of the machine's grub-pc-bin.
 *
 * Problems: tool_missing, tool_failed, archive_unreadable, storage_failed, disk_full, canceled.
 * Source:   grub-mkimage(1); the manual, "Images".
 */
export async function makeCoreImage(core: CoreImage): Promise<Result<void>> {
  const { loadersRoot, start, outputPath, doing, signal } = core;
  const path = await (core.findTool ?? findTool)("grub-mkimage");
  if (path === null) return fail(toolMissing(doing, ["grub-mkimage"]));
  try {
    const folder = await mkdtemp(join(tmpdir(), "stickfarm-grub-"));
    try {
      const config = join(folder, "start.cfg");
      await writeFile(config, start);
      const modules = join(loadersRoot, GRUB_PC_FOLDER);
      const options = ["-O", "i386-pc", "-d", modules, "-p", "/boot/grub", "-c", config];
      const args = [...options, "-o", outputPath, ...MODULES];
      return await runTool({ doing, path, args, inputPath: null, signal });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}
