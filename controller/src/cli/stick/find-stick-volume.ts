import { BLANK_BYTES } from "@stickfarm/common/layout/extent";
import { findVolumes } from "@stickfarm/common/layout/find-volumes";
import { PARTITION_OFFSET_BYTES } from "@stickfarm/common/layout/partition-table";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import { type FatVolume, openFat32 } from "@stickfarm/common/layout/read-fat32";
import { MANIFEST_PATH } from "@stickfarm/common/media/stick-path";
import { ok, type Result } from "@stickfarm/common/result";

export type StickVolume = {
  readonly volume: FatVolume;
  readonly manifest: Uint8Array;
  /** sealed: its table leads there. blank: it is where ours lie, and the stick's first block is zero. */
  readonly beginning: "sealed" | "blank" | "changed";
};

const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The volume of ours on a stick or an image of one, also where nothing leads to it any more or yet; `null` for none.
 *
 * Problems: stick_damaged.
 */
export async function findStickVolume(read: ReadBytes): Promise<Result<StickVolume | null>> {
  for (const at of await findVolumes(read)) {
    const found = await openOurs(read, at);
    if (!found.ok) return found;
    if (found.value !== null) return ok({ ...found.value, beginning: "sealed" });
  }
  const found = await openOurs(read, PARTITION_OFFSET_BYTES);
  if (!found.ok) return found;
  if (found.value === null) return ok(null);
  const first = await read(0, BLANK_BYTES);
  const isBlank = first.every((byte) => byte === 0);
  return ok({ ...found.value, beginning: isBlank ? "blank" : "changed" });
}

async function openOurs(
  read: ReadBytes,
  offsetBytes: number,
): Promise<Result<Omit<StickVolume, "beginning"> | null>> {
  const volume = await openFat32(read, offsetBytes);
  const manifest = await volume?.readFile(MANIFEST_PATH, MANIFEST_BYTES_MAX);
  if (volume === null || manifest === undefined) return ok(null);
  if (!manifest.ok) return manifest;
  return ok(manifest.value === null ? null : { volume, manifest: manifest.value });
}
