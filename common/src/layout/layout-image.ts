import type { ByteRange, ImageBody } from "../media/manifest.ts";
import { fail, ok, type Result } from "../result.ts";
import { alignDown, alignUp } from "./align.ts";
import { coverWithZeros } from "./cover-with-zeros.ts";
import { type DriveGeometry, type Extent, PIECE_BYTES } from "./extent.ts";
import { driveTooSmall } from "./fit-partition.ts";
import type { Layout } from "./layout.ts";
import { TAIL_BYTES } from "./partition-table.ts";

/**
 * An image as it is: its mapped ranges, rounded outward to whole pieces, or all of it.
 *
 * Shape:    what of the drive's last MiB lies behind the image is zero, so that no backup table of the drive's last
 *           life survives.
 * Problems: drive_too_small.
 */
export function layoutImage(body: ImageBody, geometry: DriveGeometry): Result<Layout> {
  const { sizeBytes: driveBytes, logicalBlockBytes } = geometry;
  const imageBytes = body.expanded.sizeBytes;
  const neededBytes = alignUp(imageBytes, logicalBlockBytes);
  if (driveBytes < neededBytes) return fail(driveTooSmall(driveBytes, neededBytes));
  const mapped = body.mapped ?? [{ offsetBytes: 0, lengthBytes: imageBytes }];
  const content = wholePieces(mapped, imageBytes).map((range) => blobExtent(body, range));
  const tailOffset = Math.max(neededBytes, driveBytes - TAIL_BYTES);
  const tail = { offsetBytes: tailOffset, lengthBytes: driveBytes - tailOffset };
  return ok({ driveBytes, extents: coverWithZeros(content, [tail], logicalBlockBytes) });
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
