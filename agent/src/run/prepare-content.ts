import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import type { BlobRef, Manifest } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseManifest } from "@stickfarm/common/wire/manifest";
import type { ContentCache } from "../content/content-cache.ts";

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
};

/**
 * Bring everything that an order needs onto this machine. Nothing has been opened for writing when this has ended.
 *
 * Problems: signature_invalid, protocol_unsupported, those of the cache.
 */
export async function prepareContent(
  { cache, isSigned }: PrepareParts,
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
  const brought = await bringBody(cache, manifest.value.body, { onProgress, signal });
  return brought.ok ? ok({ manifest: manifest.value, manifestBytes }) : brought;
}

function bringBody(
  cache: ContentCache,
  body: Manifest["body"],
  { onProgress, signal }: { readonly onProgress: OnProgress; readonly signal: AbortSignal },
): Promise<Result<void>> {
  const blobs = blobsOf(body);
  const totalBytes = blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  const onBytes = (count: number): void => {
    doneBytes = Math.min(totalBytes, doneBytes + count);
    onProgress(doneBytes, totalBytes);
  };
  return body.kind === "image"
    ? cache.ensureExpanded(body, onBytes, signal)
    : cache.ensureAll(blobs, onBytes, signal);
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
