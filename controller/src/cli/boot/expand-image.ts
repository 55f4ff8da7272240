import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { ImageBody } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { expandFile } from "@stickfarm/common/rim/expand-file";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { writeAll } from "@stickfarm/common/rim/write-all";

/**
 * The raw image of a body as a file of its own, named by its digest beside the stored one; the same file when it is not
 * compressed.
 *
 * Problems: those of expandFile, content_digest_mismatch, disk_full, storage_failed.
 */
export async function expandImage(
  { stored, compression, expanded }: ImageBody,
  { blobPath, signal }: { readonly blobPath: (sha256: string) => string; signal: AbortSignal },
): Promise<Result<void>> {
  if (compression === "none") return ok(undefined);
  const path = blobPath(expanded.sha256);
  const doing = `Cannot write "${path}"`;
  const hash = createHash("sha256");
  let atByte = 0;
  try {
    const file = await open(path, "wx", 0o600);
    try {
      const options = { compression, maxExpandedBytes: expanded.sizeBytes, signal };
      const done = await expandFile(blobPath(stored.sha256), options, async (bytes) => {
        hash.update(bytes);
        const written = await writeAll(file, bytes, { doing, atByte });
        atByte += bytes.length;
        return written;
      });
      if (!done.ok) return done;
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
  const digest = hash.digest("hex");
  if (digest === expanded.sha256) return ok(undefined);
  return fail({
    code: "content_digest_mismatch",
    detail: `Cannot boot the image: it expands to "${digest}", must be "${expanded.sha256}"`,
  });
}
