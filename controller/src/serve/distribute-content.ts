import type { Content } from "@stickfarm/common/media/content";
import { blobsOfContent } from "@stickfarm/common/media/content-blobs";
import type { DistributionPoint } from "@stickfarm/common/media/distribution-point";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { ok, type Result } from "@stickfarm/common/result";
import { runParallel } from "@stickfarm/common/rim/run-parallel";
import type { PointAccess } from "../content/point/point-access.ts";
import type { Farm } from "./farm.ts";

export type Distribution = {
  readonly content: Content;
  readonly point: DistributionPoint;
  readonly signal: AbortSignal;
  /** Told of bytes that are at the point; fewer again when something has to be copied anew. */
  readonly onBytes: (count: number) => void;
};

export type Distributed = {
  /** Different ones. */
  readonly fileCount: number;
  readonly copiedBytes: number;
  readonly presentBytes: number;
};

const COPIES_AT_ONCE = 4;

/**
 * Make sure that every byte of a content is at a point: what is there is read, what is not, or is something else, is
 * copied from the library and read back. May be repeated at any time; what was noted is what was read.
 *
 * Problems: those of `PointAccess` and of the library.
 */
export async function distributeContent(
  farm: Farm,
  distribution: Distribution,
): Promise<Result<Distributed>> {
  const { content, point, signal } = distribution;
  const access = farm.points.access(point);
  const blobs = blobsOfContent(content).map(({ blob }) => blob);
  const distinct = [...new Map(blobs.map((blob) => [blob.sha256, blob])).values()];
  // The smallest first: a server that takes no files says so at once.
  const sorted = distinct.toSorted((one, other) => one.sizeBytes - other.sizeBytes);
  let copiedBytes = 0;
  let presentBytes = 0;
  const options = { parallelMax: COPIES_AT_ONCE, signal };
  const done = await runParallel(sorted, options, async (blob, lane) => {
    const copied = await copyBlob(farm, blob, { ...distribution, access, signal: lane });
    if (!copied.ok) return copied;
    if (copied.value === "copied") copiedBytes += blob.sizeBytes;
    else presentBytes += blob.sizeBytes;
    return copied;
  });
  if (!done.ok) return done;
  const verifiedAtMs = farm.nowMs();
  await farm.store.points.noteDistributed(point.name, { content: content.name, verifiedAtMs });
  farm.log.info({ content: content.name, point: point.name, copiedBytes }, "content distributed");
  return ok({ fileCount: sorted.length, copiedBytes, presentBytes });
}

type Copying = Pick<Distribution, "signal" | "onBytes"> & { readonly access: PointAccess };

async function copyBlob(
  farm: Farm,
  blob: BlobRef,
  { access, signal, onBytes }: Copying,
): Promise<Result<"copied" | "present">> {
  const { sha256, sizeBytes } = blob;
  const state = await access.check(blob, { quick: false, signal });
  if (!state.ok) return state;
  if (state.value.kind === "whole") {
    onBytes(sizeBytes);
    return ok("present");
  }
  let toldBytes = 0;
  const tell = (count: number): void => {
    // Never more than the blob has, however often it is begun anew.
    const newBytes = Math.min(count, sizeBytes - toldBytes);
    toldBytes += newBytes;
    onBytes(newBytes);
  };
  const open = (startByte: number) =>
    farm.library.openRange(sha256, { startByte, endByte: sizeBytes });
  const put = await access.put(blob, { open, signal, onBytes: tell });
  return put.ok ? ok("copied") : put;
}
