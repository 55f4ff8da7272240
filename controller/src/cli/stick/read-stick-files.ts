import { MIB } from "@stickfarm/common/bytes";
import { findRecord } from "@stickfarm/common/glance/find-record";
import { seeVolumes } from "@stickfarm/common/glance/see-volumes";
import { findVolumes } from "@stickfarm/common/layout/find-volumes";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import { openFat32 } from "@stickfarm/common/layout/read-fat32";
import {
  MANIFEST_PATH,
  MANIFEST_SIGNATURE_PATH,
  MEDIA_JSON_PATH,
  OUR_FOLDER,
  PASSPORT_PATH,
  SEALED_SETTINGS_PATH,
} from "@stickfarm/common/media/stick-path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { readIsoFiles } from "../../content/read-iso-files.ts";
import { readTailFiles } from "./inspect-image.ts";
import { readStick, type StickSize } from "./read-stick.ts";

/** What of ours a stick, its image, a disc or a single file holds. */
export type StickFiles = {
  /** image: of the record behind one, which is no more than that. */
  readonly kind: "fat32" | "iso" | "settings" | "image";
  /** By path; those that are not there are left out. */
  readonly files: ReadonlyMap<string, Uint8Array>;
};

const SETTINGS_BYTES_MAX = MIB;
/** A stick comes from anywhere: none of its files takes more memory than this. A manifest has 200 bytes a file. */
const WANTED = [
  { path: MEDIA_JSON_PATH, bytesMax: MIB },
  { path: SEALED_SETTINGS_PATH, bytesMax: SETTINGS_BYTES_MAX },
  { path: MANIFEST_PATH, bytesMax: 64 * MIB },
  { path: MANIFEST_SIGNATURE_PATH, bytesMax: 64 },
  { path: PASSPORT_PATH, bytesMax: 64 * 1024 },
] as const;

/** Where ISO 9660 says what it is. Source: ECMA-119, 8.1. */
const ISO_MARK_AT = 16 * 2048 + 1;
const ISO_MARK = "CD001";

/**
 * Read what is ours from a drive or a file, opened for reading only and never mounted.
 *
 * Problems: stick_unknown, stick_damaged, path_missing, path_unreadable, tool_missing for an ISO image.
 */
export function readStickFiles(path: string): Promise<Result<StickFiles>> {
  return readStick(path, (read, size) => readFrom(path, read, size));
}

async function readFrom(
  path: string,
  read: ReadBytes,
  { isFile, sizeBytes }: StickSize,
): Promise<Result<StickFiles>> {
  const [first] = await read(0, 1);
  if (isFile && sizeBytes <= SETTINGS_BYTES_MAX && first === 0x7b) {
    const bytes = await read(0, sizeBytes);
    return ok({ kind: "settings", files: new Map([[SEALED_SETTINGS_PATH, bytes]]) });
  }
  const behind = await readRecord(read, sizeBytes);
  if (behind !== null) return ok({ kind: "image", files: behind });
  const fat = await readFat(read);
  if (!fat.ok || fat.value.size > 0) return fat.ok ? ok({ kind: "fat32", files: fat.value }) : fat;
  const mark = await read(ISO_MARK_AT, ISO_MARK.length);
  if (new TextDecoder().decode(mark) !== ISO_MARK) return notOurs(path);
  const iso = await readIsoFiles(path, WANTED);
  if (!iso.ok) return iso;
  return iso.value.size === 0 ? notOurs(path) : ok({ kind: "iso", files: iso.value });
}

/** `null` also when something else lies before it by now. */
async function readRecord(
  read: ReadBytes,
  sizeBytes: number,
): Promise<ReadonlyMap<string, Uint8Array> | null> {
  const files = await readTailFiles(read, sizeBytes);
  if (files === null) return null;
  // Of an image nobody knows how long the blocks of its drive were.
  for (const logicalBlockBytes of [512, 4096]) {
    const drive = { sizeBytes, logicalBlockBytes };
    if ((await findRecord(read, drive, await seeVolumes(read, drive))) !== null) return files;
  }
  return null;
}

/** Of the first volume that has any of them. */
async function readFat(read: ReadBytes): Promise<Result<ReadonlyMap<string, Uint8Array>>> {
  const files = new Map<string, Uint8Array>();
  for (const at of await findVolumes(read)) {
    const volume = await openFat32(read, at);
    for (const { path, bytesMax } of volume === null ? [] : WANTED) {
      const file = await volume?.readFile(path, bytesMax);
      if (file?.ok === false) return file;
      if (file?.value !== null && file?.value !== undefined) files.set(path, file.value);
    }
    if (files.size > 0) break;
  }
  return ok(files);
}

function notOurs(path: string): Result<never> {
  const detail = `Cannot open "${path}": it holds no folder /${OUR_FOLDER}, and is no settings.sealed`;
  return fail({ code: "stick_unknown", detail });
}
