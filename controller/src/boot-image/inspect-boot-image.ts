import { constants, type FileHandle, open } from "node:fs/promises";
import {
  type BootImageDetails,
  DRIVER_CLASSES,
  type DriverClass,
  type KernelFacts,
  type LoaderFacts,
  type WindowsImageFacts,
} from "@stickfarm/common/media/boot-image-facts";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { KERNEL_HEAD_BYTES, parseKernelHead } from "../parse/parse-kernel-head.ts";
import { type InitrdOptions, inspectInitrd } from "./inspect-initrd.ts";
import { inspectProgram } from "./inspect-program.ts";
import { inspectWim } from "./inspect-wim.ts";
import { readPart } from "./read-part.ts";

export type BootFile = {
  /** In the tree. */
  readonly path: string;
  /** On this machine. */
  readonly localPath: string;
  readonly sizeBytes: number;
};

export type InspectOptions = InitrdOptions & {
  /** By whoever adds the image: then no initial RAM disk is looked into. */
  readonly declared: readonly DriverClass[];
};

/** Real images have a handful of each; a tree with more of them is no boot image. */
const FILES_MAX = 64;
/** Each may have to be expanded. */
const INITRDS_MAX = 8;

const LOADER = /^(efi\/(boot|microsoft\/boot)\/)?[^/]+\.efi$/i;
const KERNEL = /(^|\/)(vmlinuz|bzimage|linux|kernel)[^/]*$/i;
const INITRD = /(^|\/)(initrd|initramfs)[^/]*$/i;
const WIM = /\.wim$/i;

/**
 * Read what a boot image's own files say about it. Only names that loaders, kernels and images have in the world are
 * looked at, of each its header and no more; initial RAM disks are read through.
 *
 * Problems: archive_unreadable, for a file that is what its name says but not whole; path_missing, path_unreadable,
 *           disk_full, storage_failed, tool_failed, canceled.
 */
export async function inspectBootImage(
  files: readonly BootFile[],
  options: InspectOptions,
): Promise<Result<BootImageDetails>> {
  const pick = (pattern: RegExp): readonly BootFile[] =>
    files.filter(({ path }) => pattern.test(path)).slice(0, FILES_MAX);
  const loaders = await inspectEach(pick(LOADER), inspectLoader);
  if (!loaders.ok) return loaders;
  const kernels = await inspectEach(pick(KERNEL), inspectKernel);
  if (!kernels.ok) return kernels;
  const windowsImages = await inspectEach(pick(WIM), inspectWindowsImage);
  if (!windowsImages.ok) return windowsImages;
  const { declared } = options;
  const found = declared.length > 0 ? ok(null) : await findDrivers(pick(INITRD), options);
  if (!found.ok) return found;
  return ok({
    loaders: loaders.value,
    kernels: kernels.value,
    windowsImages: windowsImages.value,
    drivers: { declared, found: found.value },
  });
}

type Inspect<Facts> = (
  handle: FileHandle,
  file: BootFile & { readonly doing: string },
) => Promise<Result<Facts | null>>;

async function inspectEach<Facts>(
  files: readonly BootFile[],
  inspect: Inspect<Facts>,
): Promise<Result<readonly Facts[]>> {
  const all: Facts[] = [];
  for (const file of files) {
    const facts = await inspectOne(file, inspect);
    if (!facts.ok) return facts;
    if (facts.value !== null) all.push(facts.value);
  }
  return ok(all);
}

async function inspectOne<Facts>(
  file: BootFile,
  inspect: Inspect<Facts>,
): Promise<Result<Facts | null>> {
  const doing = `Cannot use ${JSON.stringify(file.path)} of the boot image`;
  try {
    const handle = await open(file.localPath, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await inspect(handle, { ...file, doing });
    } finally {
      await handle.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

async function inspectLoader(
  handle: FileHandle,
  file: BootFile & { readonly doing: string },
): Promise<Result<LoaderFacts>> {
  const facts = await inspectProgram(handle, file);
  return facts.ok ? ok({ path: file.path, ...facts.value }) : facts;
}

async function inspectKernel(
  handle: FileHandle,
  file: BootFile & { readonly doing: string },
): Promise<Result<KernelFacts | null>> {
  const head = parseKernelHead(
    await readPart(handle, { offsetBytes: 0, lengthBytes: KERNEL_HEAD_BYTES }),
  );
  if (head === null) return ok(null);
  const program = head.hasEfiStub ? await inspectProgram(handle, file) : null;
  if (program !== null && !program.ok) return program;
  return ok({ path: file.path, ...head, signatures: program?.value.signatures ?? [] });
}

async function inspectWindowsImage(
  handle: FileHandle,
  file: BootFile & { readonly doing: string },
): Promise<Result<WindowsImageFacts>> {
  const facts = await inspectWim(handle, file);
  return facts.ok ? ok({ path: file.path, ...facts.value }) : facts;
}

async function findDrivers(
  initrds: readonly BootFile[],
  options: InspectOptions,
): Promise<Result<readonly DriverClass[] | null>> {
  const all = new Set<DriverClass>();
  let isKnown = false;
  for (const { localPath } of initrds.slice(0, INITRDS_MAX)) {
    const found = await inspectInitrd(localPath, options);
    if (!found.ok) return found;
    if (found.value === null) continue;
    isKnown = true;
    for (const driverClass of found.value) all.add(driverClass);
  }
  return ok(isKnown ? DRIVER_CLASSES.filter((driverClass) => all.has(driverClass)) : null);
}
