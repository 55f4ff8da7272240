import { join } from "node:path";
import type { Medium } from "@stickfarm/common/media/definition";
import type { BlobRef, Manifest } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { openContentClient } from "@stickfarm/common/rim/content-client";
import { parseManifest } from "@stickfarm/common/wire/manifest";
import {
  type Finding,
  type MediaSummary,
  OperatorServiceService,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { DOWNLOADS_AT_ONCE, downloadBlobs } from "../../content/download.ts";
import type { MediaRef } from "../argument/parse-media-ref.ts";
import type { Controller } from "./controller.ts";

/** A revision as the controller compiles it now. */
export type CompiledMedia = {
  readonly media: MediaSummary;
  readonly manifest: Manifest;
  /** Canonical JSON, as it was signed. */
  readonly manifestBytes: Uint8Array;
  /** Ed25519 by the farm's key, whose public half agents hold. */
  readonly signature: Uint8Array;
  readonly warnings: readonly Finding[];
};

/** The same with every byte of it on this machine. */
export type FetchedMedia = CompiledMedia & {
  /** File with the bytes of a blob that the manifest names, as the library holds it. */
  readonly blobPath: (sha256: string) => string;
};

/**
 * Have the controller compile a revision. The manifest comes by the channel that the farm's authority vouches for; its
 * signature is for those who get it by another.
 *
 * Problems: media_unknown, content_missing, definition_invalid, secret_unknown, protocol_unsupported.
 */
export async function compileMedia(
  controller: Controller,
  { name, revision }: MediaRef,
  medium: Medium = "stick",
): Promise<Result<CompiledMedia>> {
  const request = { name, revision, disc: medium === "disc" };
  const response = await controller.call(OperatorServiceService.compileMedia, request);
  if (!response.ok) return response;
  const { media, manifest: manifestBytes, manifestSignature: signature, warnings } = response.value;
  const detail = `Cannot use the media "${name}": the controller's answer does not say which it is`;
  if (media === undefined) return fail({ code: "protocol_unsupported", detail });
  const manifest = parseManifest(manifestBytes);
  if (!manifest.ok) return manifest;
  return ok({ media, manifest: manifest.value, manifestBytes, signature, warnings });
}

export type FetchOptions = {
  /** Is there; holds `<sha256>` for each blob afterwards. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
};

/**
 * Bring everything that a compiled revision names into a folder, as the library holds it: a compressed image stays so.
 *
 * Problems: those of `downloadBlobs()`.
 */
export async function fetchMedia(
  controller: Controller,
  compiled: CompiledMedia,
  options: FetchOptions,
): Promise<Result<FetchedMedia>> {
  const fetched = await fetchBlobs(controller, storedBlobsOf(compiled.manifest), options);
  if (!fetched.ok) return fetched;
  return ok({ ...compiled, blobPath: (sha256) => join(options.directory, sha256) });
}

/** The same for some of it. */
export async function fetchBlobs(
  controller: Controller,
  blobs: readonly BlobRef[],
  options: FetchOptions,
): Promise<Result<void>> {
  const { controller: address, ...keys } = controller.config;
  const client = openContentClient({ address, ...keys, connectionsMax: DOWNLOADS_AT_ONCE });
  try {
    return await downloadBlobs(client, blobs, options);
  } finally {
    client.close();
  }
}

/** What the library holds of it. */
export function storedBlobsOf({ body }: Manifest): readonly BlobRef[] {
  if (body.kind === "image") return [body.stored];
  const { files, biosBoot } = body;
  const blobs = files.map(({ blob }) => blob);
  return biosBoot.kind === "grub" ? [...blobs, biosBoot.boot, biosBoot.core] : blobs;
}
