import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { GIB } from "@stickfarm/common/bytes";
import { DRIVER_CLASSES, type DriverClass } from "@stickfarm/common/media/boot-image-facts";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { detectCompression, HEAD_BYTES } from "@stickfarm/common/rim/detect-compression";
import { expandFile } from "@stickfarm/common/rim/expand-file";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import type { FindTool } from "@stickfarm/common/rim/tools";
import { classifyModule, isModule } from "../parse/classify-module.ts";
import { type CpioReader, startCpioReader } from "../parse/read-cpio.ts";
import { readPart } from "./read-part.ts";

export type InitrdOptions = {
  readonly findTool?: FindTool | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For what follows an archive that is not compressed; see `withIsoTree()`. */
  readonly temporaryFolder?: string;
  readonly maxExpandedBytes?: number;
};

/** Those of installers have some hundred MiB; a computer must hold it in its memory. */
const EXPANDED_MAX_BYTES = 4 * GIB;
/** Microcode, then the real one; more is not made. */
const SEGMENTS_MAX = 4;
/** Which of the kernel's drivers need no module; one path a line. */
const BUILT_IN = /(^|\/)modules\.builtin$/;

/**
 * Which classes of drivers an initial RAM disk brings, by the names of its modules. Nothing of it is kept in memory.
 *
 * Shape:    `null` when it lists no modules: the kernel may have drivers inside, or it is no cpio archive.
 * Problems: archive_unreadable, when it is cut short or damaged; disk_full, storage_failed, tool_failed, canceled.
 */
export async function inspectInitrd(
  path: string,
  options: InitrdOptions,
): Promise<Result<readonly DriverClass[] | null>> {
  const found = { hasModules: false, classes: new Set<DriverClass>() };
  const note = (modulePath: string): void => {
    if (!isModule(modulePath)) return;
    found.hasModules = true;
    const driverClass = classifyModule(modulePath);
    if (driverClass !== null) found.classes.add(driverClass);
  };
  const newReader = () =>
    startCpioReader({
      onEntry: note,
      wants: (entry) => BUILT_IN.test(entry),
      onFile: (_, bytes) => new TextDecoder().decode(bytes).split("\n").forEach(note),
    });
  const read = await readSegments(path, newReader, options, SEGMENTS_MAX);
  if (!read.ok) return read;
  return ok(found.hasModules ? DRIVER_CLASSES.filter((name) => found.classes.has(name)) : null);
}

async function readSegments(
  path: string,
  newReader: () => CpioReader,
  options: InitrdOptions,
  segmentsLeft: number,
): Promise<Result<void>> {
  const doing = `Cannot read the initial RAM disk "${path}"`;
  const compression = await compressionOf(path, doing);
  if (!compression.ok) return compression;
  const reader = newReader();
  const { findTool, signal, maxExpandedBytes = EXPANDED_MAX_BYTES } = options;
  let isCpio = true;
  const expanded = await expandFile(
    path,
    { compression: compression.value, maxExpandedBytes, findTool, signal },
    async (bytes) => {
      isCpio = isCpio && reader.update(bytes);
      return ok(undefined);
    },
  );
  if (!expanded.ok) {
    const { code, detail } = expanded.problem;
    return code === "image_too_large" ? fail({ code: "archive_unreadable", detail }) : expanded;
  }
  const why = reader.finish();
  if (why !== null) return fail({ code: "archive_unreadable", detail: `${doing}: ${why}` });
  const nextAtByte = compression.value === "none" ? reader.otherAtByte() : null;
  if (nextAtByte === null || nextAtByte === 0 || segmentsLeft <= 1) return ok(undefined);
  return withRest(path, nextAtByte, { doing, ...options }, (rest) =>
    readSegments(rest, newReader, options, segmentsLeft - 1),
  );
}

async function compressionOf(path: string, doing: string) {
  try {
    const file = await open(path, "r");
    try {
      return ok(
        detectCompression(await readPart(file, { offsetBytes: 0, lengthBytes: HEAD_BYTES })),
      );
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

/** Decoders read files from their beginning: what comes later gets a file of its own. */
async function withRest(
  path: string,
  startByte: number,
  { doing, temporaryFolder }: InitrdOptions & { readonly doing: string },
  use: (rest: string) => Promise<Result<void>>,
): Promise<Result<void>> {
  const parent = temporaryFolder ?? process.env["TMPDIR"] ?? "/var/tmp";
  try {
    const folder = await mkdtemp(join(parent, "stickfarm-initrd-"));
    try {
      const rest = join(folder, "rest");
      await pipeline(createReadStream(path, { start: startByte }), createWriteStream(rest));
      return await use(rest);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}
