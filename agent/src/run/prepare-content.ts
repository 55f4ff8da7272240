import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import type { Log } from "@stickfarm/common/log";
import type { BlobRef, Manifest } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseManifest } from "@stickfarm/common/wire/manifest";
import type { ContentCache } from "../content/content-cache.ts";
import { countBytes } from "../content/count-bytes.ts";
import type { PointServers } from "../content/point-servers.ts";

/** Everything that a stick will hold is local and was checked. */
export type PreparedContent = {
  readonly manifest: Manifest;
  /** As it was signed; goes onto the stick where files are laid out. */
  readonly manifestBytes: Uint8Array;
};

type OnProgress = (doneBytes: number, totalBytes: number) => void;

export type PrepareParts = {
  readonly cache: ContentCache;
  /** Whether the controller that enrolled this agent has signed these bytes. */
  readonly isSigned: (bytes: Uint8Array, signature: Uint8Array) => boolean;
  /** The distribution points of an order, opened. */
  readonly serversOf: PointServers["of"];
  readonly log: Log;
};

/**
 * Bring everything that an order needs onto this machine. Nothing has been opened for writing when this has ended.
 *
 * Content comes from the order's distribution points; the manifest, and what else the controller has made, from it.
 * Problems: signature_invalid, protocol_unsupported, those of the cache.
 */
export async function prepareContent(
  { cache, isSigned, serversOf, log }: PrepareParts,
  order: AttemptOrder,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Result<PreparedContent>> {
  if (!isSigned(order.passport, order.passportSignature)) return unsigned("passport");
  const fetched = await cache.ensureAll([order.manifest], () => undefined, signal);
  if (!fetched.ok) return fetched;
  const manifestBytes = await cache.read(order.manifest.sha256);
  if (!isSigned(manifestBytes, order.manifestSignature)) return unsigned("manifest");
  const manifest = parseManifest(manifestBytes);
  if (!manifest.ok) return manifest;
  const counted = countBytes(serversOf(order.points));
  const caches = { local: cache, points: cache.fetchingFrom(counted.servers) };
  const options = { localSha256: new Set(order.localSha256), onProgress, signal };
  const brought = await bringBody(caches, manifest.value.body, options);
  const { jobId, attempt } = order;
  log.info({ jobId, attempt, fetchedBytes: counted.read() }, "content fetched");
  return brought.ok ? ok({ manifest: manifest.value, manifestBytes }) : brought;
}

/** The same cache, filled from the controller or from the order's distribution points. */
type Caches = { readonly local: ContentCache; readonly points: ContentCache };

type Bringing = {
  readonly localSha256: ReadonlySet<string>;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
};

async function bringBody(
  { local, points }: Caches,
  body: Manifest["body"],
  { localSha256, onProgress, signal }: Bringing,
): Promise<Result<void>> {
  const blobs = blobsOf(body);
  const totalBytes = blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  const onBytes = (count: number): void => {
    doneBytes = Math.min(totalBytes, doneBytes + count);
    onProgress(doneBytes, totalBytes);
  };
  if (body.kind === "image") return points.ensureExpanded(body, onBytes, signal);
  // First what the controller made, which is little, so that nothing large is fetched in vain.
  const isLocal = ({ sha256 }: BlobRef): boolean => localSha256.has(sha256);
  const made = await local.ensureAll(blobs.filter(isLocal), onBytes, signal);
  if (!made.ok) return made;
  const others = blobs.filter((blob) => !isLocal(blob));
  return points.ensureAll(others, onBytes, signal);
}

function blobsOf(body: Manifest["body"]): readonly BlobRef[] {
  if (body.kind === "image")
    return body.compression === "none" ? [body.expanded] : [body.stored, body.expanded];
  const { files, biosBoot } = body;
  const blobs = files.map(({ blob }) => blob);
  const all = biosBoot.kind === "grub" ? [...blobs, biosBoot.boot, biosBoot.core] : blobs;
  return [...new Map(all.map((blob) => [blob.sha256, blob])).values()];
}

function unsigned(what: string): Result<never> {
  return fail({
    code: "signature_invalid",
    detail: `Cannot carry out the order: its ${what} is not signed by the controller that enrolled this agent`,
  });
}
