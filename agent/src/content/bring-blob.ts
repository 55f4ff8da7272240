import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";
import { isCachedWhole } from "./check-cached.ts";
import type { Work } from "./flights.ts";
import { pieceHashesPath } from "./piece-hashes.ts";

/**
 * Use what is in the cache if it is whole, else bring it anew by `bring`.
 *
 * Problems: those of `bring`, and canceled.
 */
export async function bringChecked(
  directory: string,
  blob: BlobRef,
  bring: Work,
  [report, signal]: Parameters<Work>,
): Promise<Result<void>> {
  if (await isCachedWhole(directory, blob, { onProgress: report, signal })) return ok(undefined);
  // A check that was stopped says nothing about the blob.
  if (isCanceled(signal)) return fail(canceled(`Cannot check content ${blob.sha256}`));
  await removeBlob(directory, blob.sha256);
  return bring(report, signal);
}

export async function removeBlob(directory: string, sha256: string): Promise<void> {
  const path = join(directory, sha256);
  await rm(path, { force: true });
  await rm(pieceHashesPath(path), { force: true });
}
