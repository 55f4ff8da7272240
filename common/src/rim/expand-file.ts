import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { renderBytes } from "../bytes.ts";
import type { Compression } from "../media/manifest.ts";
import { fail, ok, type Result } from "../result.ts";
import { type ByteSource, decodeStream, type ExpandInput } from "./byte-source.ts";
import { canceled, isCanceled } from "./cancel.ts";
import { expandBzip2 } from "./expand-bzip2.ts";
import { expandGzip } from "./expand-gzip.ts";
import { expandXz } from "./expand-xz.ts";
import { expandZip } from "./expand-zip.ts";
import { expandZstd } from "./expand-zstd.ts";
import { fileProblem } from "./file-problem.ts";
import { type FindTool, findTool } from "./tools.ts";

export type ExpandOptions = {
  readonly compression: Compression;
  /** No more than this is taken out of the file, whatever its headers say. */
  readonly maxExpandedBytes: number;
  readonly findTool?: FindTool | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Takes bytes that are valid until it settles. The next ones come when it has. */
export type ByteSink = (bytes: Uint8Array) => Promise<Result<void>>;

const DECODERS: Readonly<
  Record<Compression, (input: ExpandInput, findTool: FindTool) => ByteSource>
> = {
  none: ({ path, doing }) =>
    decodeStream(doing, () => createReadStream(path, { highWaterMark: 1024 * 1024 })),
  gzip: expandGzip,
  xz: expandXz,
  zstd: expandZstd,
  bzip2: expandBzip2,
  zip: expandZip,
};

/**
 * Expand a compressed file into a sink, at the sink's pace, with constant memory.
 *
 * Shape:    the file's expanded bytes, in order, each once.
 * Units:    bytes.
 * Problems: archive_unreadable with the decoder's words, image_too_large as soon as the bound is passed, path_missing,
 *           path_unreadable, tool_failed, canceled, and the sink's own.
 */
export async function expandFile(
  path: string,
  options: ExpandOptions,
  sink: ByteSink,
): Promise<Result<{ readonly expandedBytes: number }>> {
  const doing = `Cannot expand "${path}"`;
  try {
    await access(path);
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
  const { compression, signal } = options;
  const source = DECODERS[compression]({ path, doing, signal }, options.findTool ?? findTool);
  try {
    return await pour(source, sink, { doing, ...options });
  } finally {
    await source.return(null);
  }
}

async function pour(
  source: ByteSource,
  sink: ByteSink,
  { doing, maxExpandedBytes, signal }: ExpandOptions & { readonly doing: string },
): Promise<Result<{ readonly expandedBytes: number }>> {
  let expandedBytes = 0;
  for (;;) {
    if (isCanceled(signal)) return fail(canceled(doing));
    const next = await source.next();
    if (next.done === true) return next.value === null ? ok({ expandedBytes }) : fail(next.value);
    expandedBytes += next.value.length;
    if (expandedBytes > maxExpandedBytes) {
      const detail = `${doing}: it holds more than ${renderBytes(maxExpandedBytes)}, the most that is allowed`;
      return fail({ code: "image_too_large", detail });
    }
    const sunk = await sink(next.value);
    if (!sunk.ok) return sunk;
  }
}
