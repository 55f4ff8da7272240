import { diffManifests, type FileChange } from "@stickfarm/common/media/diff-manifests";
import { diffValues, type FieldChange } from "@stickfarm/common/media/diff-values";
import { effectiveValue } from "@stickfarm/common/media/effective-value";
import { ok, type Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { MediaRef } from "../argument/parse-media-ref.ts";
import type { Controller } from "../connect/controller.ts";
import { compileMedia } from "../connect/fetch-media.ts";

export type MediaDiff = {
  /** "hq@1" */
  readonly before: string;
  readonly after: string;
  readonly fields: readonly FieldChange[];
  /** `null`: nothing was compiled. */
  readonly files: readonly FileChange[] | null;
};

type Pair = {
  readonly before: MediaRef;
  readonly after: MediaRef;
  /** Compile both as they would be now. */
  readonly withFiles: boolean;
};

/**
 * What differs between two revisions, as their authors wrote it with defaults filled in, and on the stick.
 *
 * Problems: media_unknown; of the files: those of compileMedia.
 */
export async function diffMedia(
  controller: Controller,
  { before, after, withFiles }: Pair,
): Promise<Result<MediaDiff>> {
  const one = await readRevision(controller, before);
  if (!one.ok) return one;
  const other = await readRevision(controller, after);
  if (!other.ok) return other;
  const files = withFiles ? await diffFiles(controller, one.value.ref, other.value.ref) : ok(null);
  if (!files.ok) return files;
  return ok({
    before: render(one.value.ref),
    after: render(other.value.ref),
    fields: diffValues(one.value.value, other.value.value),
    files: files.value,
  });
}

async function readRevision(controller: Controller, ref: MediaRef) {
  const response = await controller.call(OperatorServiceService.getMedia, ref);
  if (!response.ok) return response;
  const { media, yaml } = response.value;
  const { readYaml } = await import("../../compile/read-yaml.ts");
  // Pinned, so that what is compiled is what was read.
  const pinned = { name: ref.name, revision: media?.revision ?? ref.revision };
  return ok({ ref: pinned, value: effectiveValue(readYaml(yaml).value) });
}

async function diffFiles(
  controller: Controller,
  before: MediaRef,
  after: MediaRef,
): Promise<Result<readonly FileChange[]>> {
  const one = await compileMedia(controller, before);
  if (!one.ok) return one;
  const other = await compileMedia(controller, after);
  if (!other.ok) return other;
  return ok(diffManifests(one.value.manifest, other.value.manifest));
}

function render({ name, revision }: MediaRef): string {
  return `${name}@${revision}`;
}
