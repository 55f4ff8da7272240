import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { type DiscExtent, parseDiscReport } from "@stickfarm/common/iso/parse-disc-report";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import { streamTool, type ToolCommand } from "@stickfarm/common/rim/run-tool";
import { type FindTool, findTool, toolMissing } from "@stickfarm/common/rim/tools";

/** A file that a disc must hold. */
export type Expected = BlobRef & { readonly path: string };

export type VerifyDiscOptions = {
  readonly findTool?: FindTool | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each piece that was read, bytes. */
  readonly onBytes?: (count: number) => void;
};

const READ_BYTES = 1024 * 1024;
/** A set of 100,000 files is reported in 10 MB. */
const REPORT_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Read a disc image back: that xorriso loads it and can read all of it, and that every file is there with its bytes.
 * Gives back the image's own digest.
 *
 * Problems: iso_mismatch, naming the first file that differs; tool_missing, tool_failed, canceled, storage_failed.
 */
export async function verifyDisc(
  isoPath: string,
  files: readonly Expected[],
  options: VerifyDiscOptions = {},
): Promise<Result<BlobRef>> {
  const doing = `Cannot verify the ISO image "${isoPath}"`;
  const text = await readReport(isoPath, doing, options);
  if (!text.ok) return text;
  const report = parseDiscReport(text.value);
  const mismatch = (why: string): Result<never> =>
    fail({ code: "iso_mismatch", detail: `${doing}: ${why}` });
  if (report === null) return mismatch("xorriso reports it in a form that is not known");
  if (report.badRegions > 0) return mismatch(`${report.badRegions} regions cannot be read`);
  try {
    const file = await open(isoPath, "r");
    try {
      for (const { path, ...blob } of files) {
        const extents = report.files.get(path);
        if (extents === undefined) return mismatch(`${JSON.stringify(path)} is not on it`);
        const found = await hashExtents(file, extents, { doing, ...options });
        if (!found.ok) return found;
        const { sha256, sizeBytes } = found.value;
        if (sha256 === blob.sha256 && sizeBytes === blob.sizeBytes) continue;
        const is = `${sizeBytes} bytes with the SHA-256 ${sha256}, must have ${blob.sizeBytes} with ${blob.sha256}`;
        return mismatch(`${JSON.stringify(path)} has ${is}`);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
  const { signal, onBytes } = options;
  return hashFile(isoPath, { signal, onBytes: ({ length }) => onBytes?.(length) });
}

async function readReport(
  isoPath: string,
  doing: string,
  { signal, ...options }: VerifyDiscOptions,
): Promise<Result<string>> {
  const path = await (options.findTool ?? findTool)("xorriso");
  if (path === null) return fail(toolMissing(doing, ["xorriso"]));
  const quiet = ["-no_rc", "-report_about", "SORRY", "-iso_rr_pattern", "off"];
  const load = ["-indev", `stdio:${isoPath}`, "-check_media", "--"];
  const list = ["-find", "/", "-type", "f", "-exec", "report_lba", "--"];
  const args = [...quiet, ...load, ...list];
  return collect({ doing, path, args, inputPath: null, signal }, REPORT_BYTES_MAX);
}

async function collect(command: ToolCommand, bytesMax: number): Promise<Result<string>> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const output = streamTool(command);
  for (;;) {
    const next = await output.next();
    if (next.done === true)
      return next.value === null ? ok(Buffer.concat(chunks).toString()) : fail(next.value);
    chunks.push(Buffer.from(next.value));
    sizeBytes += next.value.length;
    if (sizeBytes <= bytesMax) continue;
    await output.return(null);
    const detail = `${command.doing}: its list of files must have at most ${bytesMax} bytes`;
    return fail({ code: "tool_failed", detail });
  }
}

async function hashExtents(
  file: FileHandle,
  extents: readonly DiscExtent[],
  { doing, signal, onBytes }: VerifyDiscOptions & { readonly doing: string },
): Promise<Result<BlobRef>> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let sizeBytes = 0;
  for (const { offsetBytes, lengthBytes } of extents) {
    for (let doneBytes = 0; doneBytes < lengthBytes; ) {
      if (isCanceled(signal)) return fail(canceled(doing));
      const wanted = Math.min(buffer.length, lengthBytes - doneBytes);
      const { bytesRead } = await file.read(buffer, 0, wanted, offsetBytes + doneBytes);
      // The image ends before the file does: its digest will say so.
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      onBytes?.(bytesRead);
      doneBytes += bytesRead;
      sizeBytes += bytesRead;
    }
  }
  return ok({ sha256: hash.digest("hex"), sizeBytes });
}
