import type { ByteRange, ImageBody } from "../media/manifest.ts";
import { IMAGE_SIGHT_PATH, PASSPORT_PATH, PASSPORT_SIGNATURE_PATH } from "../media/stick-path.ts";
import { fail, ok, type Result } from "../result.ts";
import { alignDown, alignUp } from "./align.ts";
import { bytesExtent } from "./bytes-extent.ts";
import { coverWithZeros } from "./cover-with-zeros.ts";
import { type DriveGeometry, type Extent, PIECE_BYTES, type StampFile } from "./extent.ts";
import { driveTooSmall } from "./fit-partition.ts";
import type { Layout } from "./layout.ts";
import { TAIL_BYTES } from "./partition-table.ts";
import { renderTailRecord, tailRecordOffset } from "./tail-record.ts";

export type ImageInput = {
  readonly geometry: DriveGeometry;
  readonly stamps: readonly StampFile[];
};

/**
 * An image as it is: its mapped ranges, rounded outward to whole pieces, or all of it.
 *
 * Shape:    what of the drive's last MiB lies behind the image is zero, so that no backup table of the drive's last
 *           life survives; but for the record of the stamps, where the manifest wants one and the image leaves it room.
 * Problems: drive_too_small.
 */
export function layoutImage(body: ImageBody, { geometry, stamps }: ImageInput): Result<Layout> {
  const { sizeBytes: driveBytes, logicalBlockBytes } = geometry;
  const imageBytes = body.expanded.sizeBytes;
  const neededBytes = alignUp(imageBytes, logicalBlockBytes);
  if (driveBytes < neededBytes) return fail(driveTooSmall(driveBytes, neededBytes));
  const mapped = body.mapped ?? [{ offsetBytes: 0, lengthBytes: imageBytes }];
  const image = wholePieces(mapped, imageBytes).map((range) => blobExtent(body, range));
  const recordAt = tailRecordOffset(driveBytes);
  const hasRoom = body.passport === true && stamps.length > 0 && neededBytes <= recordAt;
  const record = hasRoom ? (renderTailRecord(stamps) ?? renderTailRecord(ofStick(stamps))) : null;
  const content =
    record === null ? image : [...image, bytesExtent(recordAt, record, logicalBlockBytes)];
  const tailOffset = Math.max(neededBytes, driveBytes - TAIL_BYTES);
  const tail = { offsetBytes: tailOffset, lengthBytes: driveBytes - tailOffset };
  return ok({ driveBytes, extents: coverWithZeros(content, [tail], logicalBlockBytes) });
}

/** A block map can make the manifest larger than its room; the controller has it by the digest in the passport. */
function ofStick(stamps: readonly StampFile[]): readonly StampFile[] {
  const own = [PASSPORT_PATH, PASSPORT_SIGNATURE_PATH, IMAGE_SIGHT_PATH];
  return stamps.filter(({ path }) => own.includes(path));
}

function blobExtent({ expanded: { sha256 } }: ImageBody, range: ByteRange): Extent {
  return { ...range, source: { kind: "blob", sha256, blobOffsetBytes: range.offsetBytes } };
}

/** Sorted, joined where they touch, none beyond the image's end. */
function wholePieces(ranges: readonly ByteRange[], imageBytes: number): readonly ByteRange[] {
  const joined: { offsetBytes: number; endBytes: number }[] = [];
  for (const range of ranges.toSorted((left, right) => left.offsetBytes - right.offsetBytes)) {
    const offsetBytes = alignDown(range.offsetBytes, PIECE_BYTES);
    const endBytes = Math.min(
      alignUp(range.offsetBytes + range.lengthBytes, PIECE_BYTES),
      imageBytes,
    );
    const last = joined.at(-1);
    if (last !== undefined && offsetBytes <= last.endBytes) {
      last.endBytes = Math.max(last.endBytes, endBytes);
    } else if (range.lengthBytes > 0 && offsetBytes < endBytes) {
      joined.push({ offsetBytes, endBytes });
    }
  }
  return joined.map(({ offsetBytes, endBytes }) => ({
    offsetBytes,
    lengthBytes: endBytes - offsetBytes,
  }));
}
