import { BLANK_BYTES, SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { expect, test } from "vitest";
import { planMark } from "./mark-beginning.ts";
import { recogniseBlock, TAG_BYTES } from "./probe/probe-block.ts";
import { noise } from "./write-fixture.ts";

const tag = noise(2 * TAG_BYTES).subarray(0, TAG_BYTES);

test("planMark() leaves what a firmware looks at zero, and fills the rest of the first MiB with this attempt's blocks", () => {
  const { segments, ...range } = planMark({ sizeBytes: 2 ** 34, logicalBlockBytes: 512 }, tag);
  expect(range).toEqual({ offsetBytes: 0, lengthBytes: SEAL_BYTES });
  const [zero, mark] = segments;
  expect(zero).toEqual({ kind: "zero", offsetBytes: 0, lengthBytes: BLANK_BYTES });
  if (mark?.kind !== "bytes") throw new Error("there is no mark");
  expect([mark.offsetBytes, mark.bytes.length]).toEqual([BLANK_BYTES, SEAL_BYTES - BLANK_BYTES]);
  const found = new Set<string>();
  for (let at = 0; at < mark.bytes.length; at += 4096) {
    const block = Buffer.from(mark.bytes.subarray(at, at + 4096));
    found.add(recogniseBlock(block, mark.offsetBytes + at, tag).kind);
  }
  expect([...found]).toEqual(["good"]);
});

test("planMark() ends where the drive ends", () => {
  const { lengthBytes, segments } = planMark({ sizeBytes: 12_288, logicalBlockBytes: 512 }, tag);
  expect(lengthBytes).toBe(12_288);
  expect(segments.map((segment) => segment.lengthBytes)).toEqual([BLANK_BYTES, 8192]);
});
