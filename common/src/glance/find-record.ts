import type { SeenPassport } from "../drive/contents.ts";
import type { DriveGeometry } from "../layout/extent.ts";
import type { ReadBytes } from "../layout/read-bytes.ts";
import { parseTailRecord, recordBytes, tailRecordOffset } from "../layout/tail-record.ts";
import { IMAGE_SIGHT_PATH, MANIFEST_PATH, PASSPORT_PATH } from "../media/stick-path.ts";
import { describeSeen } from "./describe-image.ts";
import { parsePassport } from "./parse-passport.ts";
import type { SeenVolumes } from "./see-volumes.ts";

const HEADER_BYTES = 512;

/**
 * What the record behind an image says of its build; `null` also when it does not speak of what lies before it: whoever
 * puts something else onto the stick leaves the last MiB as it was. Until a stick is sealed nothing lies there to be seen.
 *
 * Shape: one read of 512 bytes, and where they begin a record, one of that.
 */
export async function findRecord(
  read: ReadBytes,
  drive: DriveGeometry,
  seen: SeenVolumes,
): Promise<SeenPassport | null> {
  const files = await readRecord(read, drive);
  const text = (path: string) => {
    const bytes = files?.get(path);
    return bytes === undefined ? null : new TextDecoder().decode(bytes);
  };
  const passport = text(PASSPORT_PATH);
  if (passport === null) return null;
  const isSealed = text(IMAGE_SIGHT_PATH) === (await describeSeen(read, drive, seen));
  const isBlank = seen.table === "none" && seen.volumes[0]?.kind === "blank";
  if (!isSealed && !isBlank) return null;
  const found = parsePassport({ passport, media: text(MANIFEST_PATH) });
  return found === null ? null : { ...found, isSealed };
}

async function readRecord(
  read: ReadBytes,
  { sizeBytes }: DriveGeometry,
): Promise<ReadonlyMap<string, Uint8Array> | null> {
  const at = tailRecordOffset(sizeBytes);
  if (at < 0) return null;
  const lengthBytes = recordBytes(await read(at, HEADER_BYTES));
  return lengthBytes === null ? null : parseTailRecord(await read(at, lengthBytes));
}
