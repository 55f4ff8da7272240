import { expect, test } from "vitest";
import { MIB } from "../bytes.ts";
import type { ByteRange, ImageBody } from "../media/manifest.ts";
import { PIECE_BYTES } from "./extent.ts";
import { layoutImage } from "./layout-image.ts";
import { parseTailRecord } from "./tail-record.ts";

const STAMPS = [
  { path: "stickfarm/manifest.json", bytes: new Uint8Array(300), modifiedAtMs: 0 },
  { path: "stickfarm/passport.json", bytes: new Uint8Array(200), modifiedAtMs: 0 },
  { path: "stickfarm/passport.sig", bytes: new Uint8Array(64), modifiedAtMs: 0 },
];

function image(sizeBytes: number, mapped: readonly ByteRange[] | null = null): ImageBody {
  return {
    kind: "image",
    stored: { sha256: "packed", sizeBytes: 1 },
    compression: "xz",
    expanded: { sha256: "raw", sizeBytes },
    mapped,
  };
}

function outline(body: ImageBody, sizeBytes: number, logicalBlockBytes = 512) {
  const layout = layoutImage(body, { geometry: { sizeBytes, logicalBlockBytes }, stamps: STAMPS });
  if (!layout.ok) throw new Error(layout.problem.detail);
  return layout.value.extents.map(({ offsetBytes, lengthBytes, source }) => {
    const from =
      source.kind === "blob" ? `${source.sha256}@${source.blobOffsetBytes}` : source.kind;
    return [offsetBytes, lengthBytes, from];
  });
}

const range = (offsetBytes: number, lengthBytes: number) => ({ offsetBytes, lengthBytes });

test("layoutImage() writes all of an image without a map, and zeros in the last MiB", () => {
  expect(outline(image(3 * MIB), 8 * MIB)).toEqual([
    [0, 3 * MIB, "raw@0"],
    [7 * MIB, MIB, "zero"],
  ]);
});

test("layoutImage() rounds mapped ranges to whole pieces, joins and sorts them", () => {
  const mapped = [
    range(5 * PIECE_BYTES + 1, 1),
    range(1, PIECE_BYTES - 1),
    range(PIECE_BYTES, 10),
    range(3 * PIECE_BYTES - 1, 2),
    range(9 * PIECE_BYTES, 0),
  ];
  expect(outline(image(3 * MIB, mapped), 8 * MIB)).toEqual([
    [0, 4 * PIECE_BYTES, "raw@0"],
    [5 * PIECE_BYTES, PIECE_BYTES, `raw@${5 * PIECE_BYTES}`],
    [7 * MIB, MIB, "zero"],
  ]);
});

test("layoutImage() clips the last piece at the image's end", () => {
  const size = 2 * PIECE_BYTES + 700;
  const mapped = [range(2 * PIECE_BYTES + 5, 10), range(size + PIECE_BYTES, 5)];
  expect(outline(image(size, mapped), 8 * MIB)).toEqual([
    [2 * PIECE_BYTES, 700, `raw@${2 * PIECE_BYTES}`],
    [7 * MIB, MIB, "zero"],
  ]);
});

test.each([
  { block: 512, tail: 3 * MIB + 512 },
  { block: 4096, tail: 3 * MIB + 4096 },
])(
  "layoutImage() begins the zeros behind an image that reaches into the last MiB, blocks of $block",
  ({ block, tail }) => {
    expect(outline(image(3 * MIB + 100), 4 * MIB, block)).toEqual([
      [0, 3 * MIB + 100, "raw@0"],
      [tail, 4 * MIB - tail, "zero"],
    ]);
  },
);

test("layoutImage() adds nothing to an image as large as the drive", () => {
  expect(outline(image(4 * MIB), 4 * MIB)).toEqual([[0, 4 * MIB, "raw@0"]]);
  expect(outline(image(4 * MIB - 100), 4 * MIB)).toEqual([[0, 4 * MIB - 100, "raw@0"]]);
});

test("layoutImage() refuses a drive that is smaller than the image's blocks", () => {
  const layout = layoutImage(image(4 * MIB + 1), {
    geometry: { sizeBytes: 4 * MIB, logicalBlockBytes: 4096 },
    stamps: [],
  });
  expect(layout.ok ? null : layout.problem).toEqual({
    code: "drive_too_small",
    detail:
      "Cannot lay out the media on the drive: it has 4194304 bytes (4.00 MiB), it must have at least 4198400 bytes (4.00 MiB)",
  });
});

test("layoutImage() puts its record behind an image that leaves it the last MiB, and no byte of it elsewhere", () => {
  const body = { ...image(7 * MIB), passport: true };
  expect(outline(body, 8 * MIB)).toEqual([
    [0, 7 * MIB, "raw@0"],
    [7 * MIB, 1024, "bytes"],
    [7 * MIB + 1024, MIB - 1024, "zero"],
  ]);
  expect(outline(body, 8 * MIB, 4096)[1]).toEqual([7 * MIB, 4096, "bytes"]);
  expect(outline(body, 8 * MIB + 512)).toEqual([
    [0, 7 * MIB, "raw@0"],
    [7 * MIB, 1024, "bytes"],
    [7 * MIB + 1024, MIB - 512, "zero"],
  ]);
});

test("layoutImage() puts no record where the image leaves too little room", () => {
  expect(outline({ ...image(7 * MIB + 1), passport: true }, 8 * MIB)).toEqual([
    [0, 7 * MIB + 1, "raw@0"],
    [7 * MIB + 512, MIB - 512, "zero"],
  ]);
});

test("layoutImage() leaves a manifest out of the record that is too large for it", () => {
  const [manifest, ...others] = STAMPS;
  if (manifest === undefined) throw new Error("no manifest");
  const layout = layoutImage(
    { ...image(MIB), passport: true },
    {
      geometry: { sizeBytes: 8 * MIB, logicalBlockBytes: 512 },
      stamps: [{ ...manifest, bytes: new Uint8Array(MIB) }, ...others],
    },
  );
  const record = layout.ok ? layout.value.extents[1]?.source : undefined;
  if (record?.kind !== "bytes") throw new Error("no record");
  expect([...(parseTailRecord(record.bytes)?.keys() ?? [])]).toEqual([
    "stickfarm/passport.json",
    "stickfarm/passport.sig",
  ]);
});
