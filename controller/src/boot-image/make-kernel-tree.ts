import { createHash } from "node:crypto";
import { constants, mkdtemp, open, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { checkDiskRoom } from "@stickfarm/common/rim/disk-room";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import type { FindTool } from "@stickfarm/common/rim/tools";
import { KERNEL_HEAD_BYTES, parseKernelHead } from "../parse/parse-kernel-head.ts";
import { addSignedGrub, copyWithDate, writeDated } from "./add-signed-grub.ts";
import { BIOS_FILES, checkDebianFiles, UEFI_FILES } from "./debian-loaders.ts";
import { makeCoreImage } from "./make-core-image.ts";
import { readPart } from "./read-part.ts";
import {
  GRUB_FOLDER,
  INITRD_PATH,
  KERNEL_PATH,
  parseCommandLine,
  renderBiosStart,
  renderMenu,
} from "./render-grub.ts";

export type KernelImage = {
  readonly kernelPath: string;
  /** `null`: the kernel has one inside, or needs none. */
  readonly initrdPath: string | null;
  readonly commandLine: string;
  /** Shown by GRUB while it loads. */
  readonly title: string;
};

export type KernelTreeOptions = {
  /** Where Debian's packages are: "/", or where they were unpacked. */
  readonly loadersRoot: string;
  readonly findTool?: FindTool;
  readonly signal?: AbortSignal;
  readonly temporaryFolder?: string;
};

/**
 * A kernel and its initial RAM disk with all that starts them: shim and GRUB as Debian signed them for UEFI, and GRUB for
 * BIOS. One tree starts under UEFI, under UEFI with Secure Boot when the kernel is signed by Debian, and under BIOS.
 *
 * Shape:    `use` gets a folder that is gone afterwards. The same input gives the same tree: what is made here has the
 *           kernel's date.
 * Problems: usage; boot_loader_missing and tool_missing, naming Debian packages; path_missing, path_unreadable,
 *           path_not_content, disk_full, storage_failed, tool_failed, archive_unreadable, canceled.
 */
export async function withKernelTree<Value>(
  image: KernelImage,
  options: KernelTreeOptions,
  use: (folder: string) => Promise<Value>,
): Promise<Result<Value>> {
  const doing = `Cannot make a boot image of "${image.kernelPath}"`;
  const words = parseCommandLine(image.commandLine);
  if (!words.ok) return words;
  const checked = await checkInput(doing, image, options);
  if (!checked.ok) return checked;
  const parent = options.temporaryFolder ?? process.env["TMPDIR"] ?? "/var/tmp";
  const room = await checkDiskRoom(parent, { doing, sizeBytes: checked.value.sizeBytes });
  if (!room.ok) return room;
  try {
    const temporary = await mkdtemp(join(parent, "stickfarm-kernel-"));
    try {
      const folder = join(temporary, "tree");
      const made = await makeTree(
        folder,
        { ...image, ...checked.value, doing, words: words.value },
        options,
      );
      return made.ok ? ok(await use(folder)) : made;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

type Checked = {
  readonly sizeBytes: number;
  /** In the tree; no other image's tree has a file of this name. */
  readonly marker: string;
  readonly modifiedAtMs: number;
};

async function checkInput(
  doing: string,
  { kernelPath, initrdPath, commandLine, title }: KernelImage,
  { loadersRoot, signal }: KernelTreeOptions,
): Promise<Result<Checked>> {
  const loaders = [...Object.values(UEFI_FILES), ...Object.values(BIOS_FILES)];
  const there = await checkDebianFiles(loadersRoot, doing, loaders);
  if (!there.ok) return there;
  const kernel = await hashFile(kernelPath, { signal });
  if (!kernel.ok) return kernel;
  const initrd = initrdPath === null ? null : await hashFile(initrdPath, { signal });
  if (initrd !== null && !initrd.ok) return initrd;
  const head = await readKernelHead(doing, kernelPath);
  if (!head.ok) return head;
  const { sha256, modifiedAtMs } = kernel.value;
  const inputs = [sha256, initrd?.value.sha256 ?? "", commandLine, title].join("\0");
  const digest = createHash("sha256").update(inputs).digest("hex");
  return ok({
    sizeBytes: kernel.value.sizeBytes + (initrd?.value.sizeBytes ?? 0),
    marker: `${GRUB_FOLDER}/image-${digest.slice(0, 16)}`,
    modifiedAtMs,
  });
}

/** Problems: usage, when it is no Linux kernel for x64; those of opening it. */
async function readKernelHead(doing: string, path: string): Promise<Result<void>> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const head = parseKernelHead(
        await readPart(file, { offsetBytes: 0, lengthBytes: KERNEL_HEAD_BYTES }),
      );
      if (head?.architecture === "x64") return ok(undefined);
      const is = head === null ? "it is no Linux kernel for PCs" : "it is a 32-bit kernel";
      return fail({ code: "usage", detail: `${doing}: ${is}, must be one for x64` });
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

type Tree = KernelImage & Checked & { readonly doing: string; readonly words: readonly string[] };

async function makeTree(
  folder: string,
  tree: Tree,
  { loadersRoot, findTool, signal }: KernelTreeOptions,
): Promise<Result<void>> {
  const { kernelPath, initrdPath, marker, modifiedAtMs, doing, words, title } = tree;
  await copyWithDate(kernelPath, join(folder, KERNEL_PATH));
  if (initrdPath !== null) await copyWithDate(initrdPath, join(folder, INITRD_PATH));
  await addSignedGrub(folder, { loadersRoot, marker, modifiedAtMs });
  const boot = join(folder, GRUB_FOLDER, "i386-pc/boot.img");
  await copyWithDate(join(loadersRoot, BIOS_FILES.boot.path), boot);
  const menu = renderMenu({ title, words, hasInitrd: initrdPath !== null });
  await writeDated(join(folder, GRUB_FOLDER, "grub.cfg"), menu, modifiedAtMs);
  await writeDated(join(folder, marker), "GRUB looks for this file\n", modifiedAtMs);
  const outputPath = join(folder, GRUB_FOLDER, "i386-pc/core.img");
  const start = renderBiosStart(marker);
  const made = await makeCoreImage({ loadersRoot, start, outputPath, doing, findTool, signal });
  if (made.ok) await utimes(outputPath, modifiedAtMs / 1000, modifiedAtMs / 1000);
  return made;
}
