import { createHash } from "node:crypto";
import { ok } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import { startBlockCheck } from "./check-blocks.ts";
import type { BlockMap } from "./parse-block-map.ts";

const image = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));

test("startBlockCheck() passes the right image, whatever the chunks are", () => {
  const map = mapOf([
    [0, 100],
    [100, 1],
    [700, 2000],
    [4999, 1],
  ]);
  const broken = [1, 7, 99, 100, 101, 699, 701, 2700, 4999, 5000].filter((chunkBytes) => {
    const check = startBlockCheck(map);
    for (let at = 0; at < image.length; at += chunkBytes) {
      if (!check.update(image.subarray(at, at + chunkBytes)).ok) return true;
    }
    return !check.finish().ok;
  });
  expect(broken).toEqual([]);
});

test("startBlockCheck() looks at what is mapped and nothing else", () => {
  const map = mapOf([
    [100, 100],
    [300, 100],
  ]);
  const changed = (at: number): Buffer => {
    const copy = Buffer.from(image);
    copy[at] = 255;
    return copy;
  };
  const passes = [0, 99, 200, 299, 400, 4999].map((at) => startBlockCheck(map).update(changed(at)));
  expect(passes).toEqual(passes.map(() => ok(undefined)));
  const fails = [100, 199, 300, 399].map((at) => startBlockCheck(map).update(changed(at)).ok);
  expect(fails).toEqual([false, false, false, false]);
});

test("startBlockCheck() names the range that differs, as soon as it has passed", () => {
  const check = startBlockCheck(
    mapOf([
      [0, 100],
      [1000, 100],
    ]),
  );
  expect(check.update(image.subarray(0, 1000))).toEqual(ok(undefined));
  expect(check.update(Buffer.alloc(100))).toMatchObject({
    problem: {
      code: "block_map_invalid",
      detail: expect.stringContaining("bytes 1000 to 1100 have"),
    },
  });
});

test("startBlockCheck() refuses an image of another size", () => {
  const check = startBlockCheck(mapOf([]));
  check.update(image.subarray(1));
  expect(check.finish()).toMatchObject({
    problem: { detail: expect.stringContaining("the image has 4999 bytes, the map is for 5000") },
  });
});

function mapOf(ranges: readonly (readonly [offsetBytes: number, lengthBytes: number])[]): BlockMap {
  return {
    imageBytes: image.length,
    checksumType: "sha256",
    ranges: ranges.map(([offsetBytes, lengthBytes]) => {
      const bytes = image.subarray(offsetBytes, offsetBytes + lengthBytes);
      const checksum = createHash("sha256").update(bytes).digest("hex");
      return { offsetBytes, lengthBytes, checksum };
    }),
  };
}
