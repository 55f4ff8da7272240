import { createHash } from "node:crypto";
import { constants, open, readFile, stat } from "node:fs/promises";
import { GIB, MIB, renderBytes } from "@stickfarm/common/bytes";
import type { ImageContent } from "@stickfarm/common/media/content";
import type { BlobRef, ByteRange, Compression } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { detectCompression, HEAD_BYTES } from "@stickfarm/common/rim/detect-compression";
import { expandFile } from "@stickfarm/common/rim/expand-file";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import type { FindTool } from "@stickfarm/common/rim/tools";
import { startImageInspector } from "./inspect-image.ts";
import { type BlockMap, type CheckedRange, parseBlockMap } from "./parse-block-map.ts";

export type ReadImageOptions = {
  /** A compressed image that holds more is refused. */
  readonly maxExpandedBytes?: number;
  /** A bmap file that the image's builder vouches for. */
  readonly blockMapPath?: string;
  readonly findTool?: FindTool;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImageProgress) => void;
};

export type ImageProgress = {
  readonly phase: "hash" | "expand";
  readonly doneBytes: number;
  /** `null` while it is not known what the file expands to. */
  readonly totalBytes: number | null;
};

/** Four times the stick of 16 GB that most images are made for; `--max-expanded` raises it. */
export const MAX_EXPANDED_DEFAULT_BYTES = 64 * GIB;
/** A map of 64 GiB with a range for every other block is smaller. */
const BLOCK_MAP_MAX_BYTES = 256 * MIB;

/**
 * Read a disk image file: what the library will hold, what it expands to, and what may be skipped.
 *
 * Problems: path_missing, path_unreadable, path_not_content, path_changed, archive_unreadable (also when it is no image),
 *           image_too_large, block_map_invalid, tool_failed, canceled.
 */
export async function readImage(
  path: string,
  options: ReadImageOptions = {},
): Promise<Result<ImageContent>> {
  const doing = `Cannot add the image "${path}"`;
  const map = await readBlockMap(options.blockMapPath);
  if (!map.ok) return map;
  const before = await readFacts(doing, path);
  if (!before.ok) return before;
  const { compression } = before.value;
  const stored = compression === "none" ? null : await hashStored(path, before.value, options);
  if (stored !== null && !stored.ok) return stored;
  const expanded = await expandImage(
    { path, doing, ...before.value },
    map.value?.map ?? null,
    options,
  );
  if (!expanded.ok) return expanded;
  const after = await readFacts(doing, path);
  if (!after.ok) return after;
  if (after.value.version !== before.value.version)
    return fail({ code: "path_changed", detail: `${doing}: it was changed while it was read` });
  return ok({
    kind: "image",
    stored: stored?.value ?? expanded.value,
    compression,
    expanded: expanded.value,
    mapped: map.value?.map.ranges.map(withoutChecksum) ?? null,
    blockMapSha256: map.value?.sha256 ?? null,
  });
}

type ImageFacts = {
  readonly compression: Compression;
  readonly sizeBytes: number;
  /** Another one whenever the file was written or replaced. */
  readonly version: string;
};

async function readFacts(doing: string, path: string): Promise<Result<ImageFacts>> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile())
        return fail({ code: "path_not_content", detail: `${doing}: it is no regular file` });
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      const compression = detectCompression(buffer.subarray(0, bytesRead));
      const { size, dev, ino, mtimeMs } = facts;
      return ok({ compression, sizeBytes: size, version: [dev, ino, size, mtimeMs].join(" ") });
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

type LoadedBlockMap = { readonly map: BlockMap; readonly sha256: string };

async function readBlockMap(path: string | undefined): Promise<Result<LoadedBlockMap | null>> {
  if (path === undefined) return ok(null);
  const doing = `Cannot read the block map "${path}"`;
  try {
    const { size } = await stat(path);
    if (size > BLOCK_MAP_MAX_BYTES) {
      const detail = `${doing}: it has ${renderBytes(size)}, at most ${renderBytes(BLOCK_MAP_MAX_BYTES)} are read`;
      return fail({ code: "block_map_invalid", detail });
    }
    const bytes = await readFile(path);
    const map = parseBlockMap(bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (map.ok) return ok({ map: map.value, sha256 });
    return fail({ ...map.problem, detail: `${map.problem.detail} (file "${path}")` });
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
}

async function hashStored(
  path: string,
  { sizeBytes: totalBytes }: ImageFacts,
  options: ReadImageOptions,
): Promise<Result<BlobRef>> {
  let doneBytes = 0;
  const hashed = await hashFile(path, {
    signal: options.signal,
    onBytes: ({ length }) => {
      doneBytes += length;
      options.onProgress?.({ phase: "hash", doneBytes, totalBytes });
    },
  });
  if (!hashed.ok) return hashed;
  const { sha256, sizeBytes } = hashed.value;
  return ok({ sha256, sizeBytes });
}

type ImageFile = ImageFacts & { readonly path: string; readonly doing: string };

async function expandImage(
  { path, doing, compression, sizeBytes }: ImageFile,
  map: BlockMap | null,
  options: ReadImageOptions,
): Promise<Result<BlobRef>> {
  const { signal, findTool, maxExpandedBytes = MAX_EXPANDED_DEFAULT_BYTES } = options;
  const isRaw = compression === "none";
  const inspector = startImageInspector(doing, map);
  let doneBytes = 0;
  const expanded = await expandFile(
    path,
    { compression, maxExpandedBytes: isRaw ? Infinity : maxExpandedBytes, findTool, signal },
    async (bytes) => {
      doneBytes += bytes.length;
      const totalBytes = isRaw ? sizeBytes : (map?.imageBytes ?? null);
      options.onProgress?.({ phase: isRaw ? "hash" : "expand", doneBytes, totalBytes });
      return inspector.update(bytes);
    },
  );
  return expanded.ok ? inspector.finish() : expanded;
}

function withoutChecksum({ offsetBytes, lengthBytes }: CheckedRange): ByteRange {
  return { offsetBytes, lengthBytes };
}
