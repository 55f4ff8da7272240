import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ImageBody } from "@stickfarm/common/media/manifest";
import { fail, type Result } from "@stickfarm/common/result";
import { expandFile } from "@stickfarm/common/rim/expand-file";
import { openCacheWriter } from "./cache-writer.ts";
import type { Work } from "./flights.ts";

export type PackedImage = Pick<ImageBody, "stored" | "compression" | "expanded">;

/**
 * Expand a stored image, which is in the cache, into the raw one beside it, once for all sticks.
 *
 * Its digest and size were declared when the image was added: a decoder that gives anything else gives nothing. An
 * expansion that is cut off begins anew, because a decoder cannot begin in the middle.
 *
 * Problems: archive_unreadable, content_digest_mismatch, tool_failed, disk_full, storage_failed, canceled.
 */
export async function expandBlob(
  directory: string,
  { stored, compression, expanded }: PackedImage,
  [report, signal]: Parameters<Work>,
): Promise<Result<void>> {
  await rm(join(directory, `${expanded.sha256}.partial`), { force: true });
  const opened = await openCacheWriter(directory, expanded);
  if (!opened.ok) return opened;
  const writer = opened.value;
  const done = await expandFile(
    join(directory, stored.sha256),
    { compression, maxExpandedBytes: expanded.sizeBytes, signal },
    async (bytes) => {
      const taken = await writer.take(bytes);
      report(writer.doneBytes);
      return taken;
    },
  );
  if (done.ok) return writer.finish();
  await writer.discard();
  if (done.problem.code !== "image_too_large") return done;
  return fail({ code: "content_digest_mismatch", detail: done.problem.detail });
}
