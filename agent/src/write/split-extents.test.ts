import { type Extent, PIECE_BYTES, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { expect, test } from "vitest";
import { isHeldBack, splitExtents } from "./split-extents.ts";

const geometry = { sizeBytes: 1 << 30, logicalBlockBytes: 512 };
const blob = (blobOffsetBytes = 0): Extent["source"] => ({
  kind: "blob",
  sha256: "ab",
  blobOffsetBytes,
});
const split = (extents: readonly Extent[], zeroPieces: readonly number[] = []) => [
  ...splitExtents(extents, geometry, ({ pieceIndex }) => zeroPieces.includes(pieceIndex)),
];

test("splitExtents() cuts a blob into its pieces and pads the last to the logical block", () => {
  const offsetBytes = 4 * SEAL_BYTES;
  const lengthBytes = PIECE_BYTES + 700;
  expect(split([{ offsetBytes, lengthBytes, source: blob(3 * PIECE_BYTES) }])).toEqual([
    {
      kind: "piece",
      sha256: "ab",
      pieceIndex: 3,
      offsetBytes,
      lengthBytes: PIECE_BYTES,
      dataBytes: PIECE_BYTES,
    },
    {
      kind: "piece",
      sha256: "ab",
      pieceIndex: 4,
      offsetBytes: offsetBytes + PIECE_BYTES,
      lengthBytes: 1024,
      dataBytes: 700,
    },
  ]);
});

test("splitExtents() joins zeros and zero pieces that touch, and no others", () => {
  const at = 4 * SEAL_BYTES;
  const segments = split(
    [
      { offsetBytes: at, lengthBytes: 1024, source: { kind: "zero" } },
      { offsetBytes: at + 1024, lengthBytes: 2 * PIECE_BYTES, source: blob() },
      { offsetBytes: at + 8 * PIECE_BYTES, lengthBytes: 512, source: { kind: "zero" } },
    ],
    [0],
  );
  expect(segments.map(({ kind, lengthBytes }) => [kind, lengthBytes])).toEqual([
    ["zero", 1024 + PIECE_BYTES],
    ["piece", PIECE_BYTES],
    ["zero", 512],
  ]);
});

test("splitExtents() cuts zeros and bytes where the seal ends, but no piece", () => {
  const across = { offsetBytes: SEAL_BYTES - 512, lengthBytes: 1024 };
  expect(split([{ ...across, source: { kind: "zero" } }]).map(isHeldBack)).toEqual([true, false]);
  const bytes = new Uint8Array(1024).fill(7, 512);
  const cut = split([{ ...across, source: { kind: "bytes", bytes } }]);
  expect(cut.map(isHeldBack)).toEqual([true, false]);
  expect(cut[1]).toMatchObject({ offsetBytes: SEAL_BYTES, bytes: bytes.subarray(512) });
  expect(split([{ ...across, source: blob() }]).map(isHeldBack)).toEqual([true]);
});

test("splitExtents() keeps zeros before and after the end of the seal apart", () => {
  const zeros = split(
    [{ offsetBytes: SEAL_BYTES - PIECE_BYTES, lengthBytes: 2 * PIECE_BYTES, source: blob() }],
    [0, 1],
  );
  expect(zeros.map(({ offsetBytes }) => offsetBytes)).toEqual([
    SEAL_BYTES - PIECE_BYTES,
    SEAL_BYTES,
  ]);
});
