import { chmod, type FileHandle, mkdtemp, open, readdir, rm, stat, utimes } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import { runTool } from "@stickfarm/common/rim/run-tool";
import { type FindTool, findTool, TOOLS } from "@stickfarm/common/rim/tools";
import { addSignedGrub, copyWithDate, isGrub, writeDated } from "./add-signed-grub.ts";
import { BIOS_FILES, checkDebianFiles, UEFI_FILES } from "./debian-loaders.ts";
import { inspectProgram } from "./inspect-program.ts";
import { makeCoreImage } from "./make-core-image.ts";
import { hashParts } from "./read-part.ts";
import { GRUB_FOLDER, renderBiosStart } from "./render-grub.ts";

export type IsoTree = {
  readonly isoPath: string;
  /** Where its files were laid out; ours to change. */
  readonly folder: string;
};

export type CompleteOptions = {
  readonly loadersRoot: string;
  readonly findTool?: FindTool;
  readonly signal?: AbortSignal;
};

/** Neither program says anything while it copies; images of loaders have some MiB. */
const COPY_MAX_MS = 60_000;
const GRUB_PC = `${GRUB_FOLDER}/i386-pc`;
/** Dates, size and name of the volume: another for each image. Source: ECMA-119, 8.4. */
const DESCRIPTOR = { offsetBytes: 16 * 2048, lengthBytes: 2048 };

/**
 * A disc starts by parts of the ISO image that are no files of its tree, or by files that only a disc's firmware knows.
 * Put those into the tree, so that a stick with the same files starts too: the EFI loaders out of the disc's EFI image,
 * and GRUB's boot.img and core.img where the tree has GRUB's modules for BIOS.
 *
 * Shape:    a line for each that was added, or could not be; files that are there stay as they are.
 * Problems: canceled, storage_failed, disk_full, tool_failed.
 */
export async function completeIsoTree(
  tree: IsoTree,
  options: CompleteOptions,
): Promise<Result<readonly string[]>> {
  const doing = `Cannot complete the files of "${tree.isoPath}"`;
  try {
    const uefi = await addEfiLoaders(doing, tree, options);
    if (!uefi.ok) return uefi;
    const bios = await addGrubImages(doing, tree, options);
    return bios.ok ? ok([...uefi.value, ...bios.value]) : bios;
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

async function addEfiLoaders(
  doing: string,
  { isoPath, folder }: IsoTree,
  options: CompleteOptions,
): Promise<Result<readonly string[]>> {
  if (await hasEfiLoader(folder)) return ok([]);
  const find = options.findTool ?? findTool;
  const [xorriso, mcopy] = [await find("xorriso"), await find("mcopy")];
  if (xorriso === null) return ok([]);
  const temporary = await mkdtemp(join(dirname(folder), "boot-"));
  try {
    const image = await extractEfiImage(xorriso, { isoPath, temporary, doing }, options);
    if (!image.ok) return image;
    if (image.value === null) return ok([]);
    if (mcopy === null)
      return ok([
        `It has an EFI image that "mcopy" would read (\`apt-get install ${TOOLS.mcopy.debianPackage}\`)`,
      ]);
    await makeWritable(folder);
    // Source: mcopy(1): -s with folders, -m with dates, -D s: what is there stays.
    const args = ["-s", "-m", "-D", "s", "-i", image.value, "::/EFI", `${folder}/`];
    const run = { doing, path: mcopy, args, inputPath: null, signal: options.signal };
    const copied = await runTool({ ...run, silenceMaxMs: COPY_MAX_MS });
    if (copied.ok) return await afterEfiImage(doing, { isoPath, folder }, options);
    if (copied.problem.code !== "archive_unreadable") return copied;
    return ok([`Its EFI image cannot be read: ${copied.problem.detail}`]);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * A GRUB that nobody signed was made for this disc alone, as grub-mkrescue makes it: it looks for the disc and finds no
 * stick. Debian's reads the same menu.
 */
async function afterEfiImage(
  doing: string,
  { isoPath, folder }: IsoTree,
  { loadersRoot }: CompleteOptions,
): Promise<Result<readonly string[]>> {
  const taken = ["Took the EFI loaders out of its EFI image"];
  const menu = await dateOf(join(folder, GRUB_FOLDER, "grub.cfg"));
  const starter = await findLoader(folder, "bootx64.efi");
  if (menu === null || starter === null || !(await isGrub(starter))) return ok(taken);
  const { size: sizeBytes } = await stat(starter);
  const facts = await withFile(starter, (file) => inspectProgram(file, { doing, sizeBytes }));
  if (!facts.ok || facts.value.signatures.length > 0) return ok(taken);
  const what = "Its GRUB for UEFI finds discs only";
  const there = await checkDebianFiles(loadersRoot, what, Object.values(UEFI_FILES));
  if (!there.ok) return ok([...taken, there.problem.detail]);
  const marker = await addMarker(isoPath, folder, menu);
  await rm(dirname(dirname(starter)), { recursive: true });
  await addSignedGrub(folder, { loadersRoot, marker, modifiedAtMs: menu.getTime() });
  return ok([
    ...taken,
    `${what}: put shim and GRUB of this machine, signed by Debian, in its place`,
  ]);
}

/** A file that no other image's tree has; the same image always has the same. */
async function addMarker(isoPath: string, folder: string, date: Date): Promise<string> {
  const digest = await withFile(isoPath, (file) => hashParts(file, [DESCRIPTOR]));
  const marker = `${GRUB_FOLDER}/image-${digest.slice(0, 16)}`;
  await makeWritable(join(folder, GRUB_FOLDER));
  await writeDated(join(folder, marker), "GRUB looks for this file\n", date.getTime());
  return marker;
}

async function withFile<Value>(
  path: string,
  use: (file: FileHandle) => Promise<Value>,
): Promise<Value> {
  const file = await open(path, "r");
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** `null`: the image starts by no EFI image. */
async function extractEfiImage(
  xorriso: string,
  { isoPath, temporary, doing }: { isoPath: string; temporary: string; doing: string },
  { signal }: CompleteOptions,
): Promise<Result<string | null>> {
  const quiet = ["-no_rc", "-report_about", "SORRY", "-osirrox", "on"];
  const args = [...quiet, "-indev", `stdio:${resolve(isoPath)}`, "-extract_boot_images", temporary];
  const run = { doing, path: xorriso, args, inputPath: null, signal, silenceMaxMs: COPY_MAX_MS };
  const extracted = await runTool(run);
  // It fails on images that start by nothing; what it has extracted counts.
  if (!extracted.ok && extracted.problem.code !== "archive_unreadable") return extracted;
  const name = (await readdir(temporary)).find((entry) =>
    /^eltorito_img\d+_uefi\.img$/.test(entry),
  );
  return ok(name === undefined ? null : join(temporary, name));
}

async function hasEfiLoader(folder: string): Promise<boolean> {
  for (const name of ["bootia32.efi", "bootx64.efi", "bootaa64.efi"])
    if ((await findLoader(folder, name)) !== null) return true;
  return false;
}

/** In whichever case its path is spelt. */
async function findLoader(folder: string, name: string): Promise<string | null> {
  const efi = await findFolder(folder, "efi");
  const boot = efi === null ? null : await findFolder(efi, "boot");
  if (boot === null) return null;
  const found = (await readdir(boot)).find((entry) => entry.toLowerCase() === name);
  return found === undefined ? null : join(boot, found);
}

async function findFolder(parent: string, name: string): Promise<string | null> {
  const entries = await readdir(parent, { withFileTypes: true });
  const found = entries.find((entry) => entry.isDirectory() && entry.name.toLowerCase() === name);
  return found === undefined ? null : join(parent, found.name);
}

async function addGrubImages(
  doing: string,
  { isoPath, folder }: IsoTree,
  { loadersRoot, ...options }: CompleteOptions,
): Promise<Result<readonly string[]>> {
  const at = (path: string): string => join(folder, GRUB_PC, path);
  const modules = await dateOf(at("normal.mod"));
  if (modules === null) return ok([]);
  if ((await dateOf(at("boot.img"))) !== null && (await dateOf(at("core.img"))) !== null)
    return ok([]);
  const there = await checkDebianFiles(
    loadersRoot,
    "It will not start by BIOS",
    Object.values(BIOS_FILES),
  );
  if (!there.ok) return ok([there.problem.detail]);
  const marker = await addMarker(isoPath, folder, modules);
  await makeWritable(join(folder, GRUB_PC));
  const outputPath = at("core.img");
  const start = renderBiosStart(marker);
  await rm(outputPath, { force: true });
  const made = await makeCoreImage({ loadersRoot, start, outputPath, doing, ...options });
  if (!made.ok) return made.problem.code === "tool_missing" ? ok([made.problem.detail]) : made;
  await utimes(outputPath, modules, modules);
  await copyWithDate(join(loadersRoot, BIOS_FILES.boot.path), at("boot.img"));
  return ok(["Added GRUB's boot.img and core.img of this machine, for BIOS"]);
}

/** When the file was changed; `null` when there is none. */
async function dateOf(path: string): Promise<Date | null> {
  try {
    const facts = await stat(path);
    return facts.isFile() ? facts.mtime : null;
  } catch (error) {
    if (isErrnoError(error) && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Folders of an ISO image are read-only when they are laid out. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
}
