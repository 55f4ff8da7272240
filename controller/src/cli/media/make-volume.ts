import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DiscSource } from "@stickfarm/common/iso/render-xorriso-script";
import { renderVolumeJson, VOLUME_JSON_PATH } from "@stickfarm/common/iso/volume-json";
import { OUR_FOLDER } from "@stickfarm/common/media/stick-path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import type { BootParts } from "../../iso/boot-parts.ts";
import { makeDisc } from "../../iso/make-disc.ts";
import { type Expected, verifyDisc } from "../../iso/verify-disc.ts";
import type { FetchedMedia } from "../connect/fetch-media.ts";
import type { LongStep } from "../shell/with-progress.ts";
import type { IsoPlan } from "./plan-iso.ts";

export type VolumeInput = LongStep &
  Pick<FetchedMedia, "blobPath"> & {
    readonly plan: IsoPlan;
    readonly boot: BootParts;
    /** Gets `1.iso` for the first volume, and so on. */
    readonly work: string;
  };

export type Made = {
  readonly volume: number;
  readonly of: number;
  readonly label: string;
  readonly sizeBytes: number;
  readonly sha256: string;
};

/**
 * Make one disc of a plan and read it back.
 *
 * Problems: those of `makeDisc()` and `verifyDisc()`; disk_full, storage_failed.
 */
export async function makeVolume(input: VolumeInput, index: number): Promise<Result<Made>> {
  const { plan, work, progress, signal } = input;
  const volume = plan.volumes[index];
  if (volume === undefined) throw new RangeError(`The plan has no volume ${index + 1}`);
  const { label, of, chargedBytes } = volume;
  const isFirst = index === 0;
  const stamps = await writeStamps(input, index);
  if (!stamps.ok) return stamps;
  const { blobPath, boot } = input;
  const placed = volume.files.map(({ path, blob, modifiedAtMs }) => ({
    ...{ path, modifiedAtMs, localPath: blobPath(blob.sha256) },
  }));
  const { bios, uefiPath } = isFirst ? boot : { bios: null, uefiPath: null };
  const { createdAtMs } = plan.compiled.media;
  const loader = bios === null ? [] : [{ ...bios, modifiedAtMs: createdAtMs }];
  const isoPath = join(work, `${index + 1}.iso`);
  const disc = {
    ...{ isoPath, label, bios, uefiPath },
    madeAtMs: createdAtMs,
    diskGuid: guidOf(`${plan.manifestSha256}/${index + 1}`),
    files: [...placed, ...stamps.value, ...loader],
    emptyDirectories: volume.emptyDirectories,
  };
  const name = of === 1 ? "the disc" : `disc ${index + 1} of ${of}`;
  const made = await makeDisc(disc, {
    scriptPath: join(work, `${index + 1}.script`),
    signal,
    onProgress: (doneBytes) =>
      progress.show({ doing: `writing ${name}`, doneBytes, totalBytes: chargedBytes }),
  });
  if (!made.ok) return made;
  const files = volume.files.map(({ path, blob }) => ({ path, ...blob }));
  const expected = [...files, ...stamps.value];
  let doneBytes = 0;
  const verified = await verifyDisc(isoPath, expected, {
    signal,
    onBytes: (count) => {
      doneBytes += count;
      progress.show({ doing: `reading back ${name}`, doneBytes, totalBytes: 2 * chargedBytes });
    },
  });
  return verified.ok ? ok({ volume: index + 1, of, label, ...digestOf(verified.value) }) : verified;
}

type Stamp = DiscSource & Expected;

/** Files that each disc carries beside the planned ones: what belongs to the set, signed, and its own number in it. */
async function writeStamps(
  { plan, work }: VolumeInput,
  index: number,
): Promise<Result<readonly Stamp[]>> {
  const { compiled, manifestSha256, volumes } = plan;
  const volumeJson = renderVolumeJson({
    formatVersion: 1,
    manifestSha256,
    volume: index + 1,
    of: volumes.length,
    files: (volumes[index]?.files ?? []).map(({ path, blob }) => ({ path, ...blob })),
  });
  const contents: readonly (readonly [string, Uint8Array])[] = [
    [`${OUR_FOLDER}/manifest.json`, compiled.manifestBytes],
    [`${OUR_FOLDER}/manifest.sig`, compiled.signature],
    [VOLUME_JSON_PATH, Buffer.from(volumeJson)],
  ];
  try {
    const stamps: Stamp[] = [];
    for (const [path, bytes] of contents) {
      const localPath = join(work, `${index + 1}.${path.replace("/", ".")}`);
      await writeFile(localPath, bytes);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const modifiedAtMs = compiled.media.createdAtMs;
      stamps.push({ path, localPath, modifiedAtMs, sha256, sizeBytes: bytes.length });
    }
    return ok(stamps);
  } catch (error) {
    return fail(fileProblem(`Cannot write what each disc carries in "${work}"`, error));
  }
}

function digestOf({ sha256, sizeBytes }: { readonly sha256: string; readonly sizeBytes: number }) {
  return { sha256, sizeBytes };
}

/** 32 hex digits that are a GUID of version 8: of the maker's own making. */
function guidOf(text: string): string {
  const digits = createHash("sha256").update(text).digest("hex").slice(0, 32);
  return `${digits.slice(0, 12)}8${digits.slice(13, 16)}a${digits.slice(17)}`;
}
