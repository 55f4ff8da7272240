import { createHash } from "node:crypto";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { BlockMap } from "./parse-block-map.ts";

/** Compares an image with its block map while it streams past. */
export type BlockCheck = {
  /** Problems: block_map_invalid, at the first range whose content has another checksum. */
  readonly update: (bytes: Uint8Array) => Result<void>;
  /** Problems: block_map_invalid, when the map is for an image of another size. */
  readonly finish: () => Result<void>;
};

export function startBlockCheck({ imageBytes, checksumType, ranges }: BlockMap): BlockCheck {
  let hash = createHash(checksumType);
  let nextRange = 0;
  let atByte = 0;
  return {
    update: (bytes) => {
      const endByte = atByte + bytes.length;
      for (let range = ranges[nextRange]; range !== undefined; range = ranges[nextRange]) {
        const rangeEndByte = range.offsetBytes + range.lengthBytes;
        const from = Math.max(range.offsetBytes, atByte);
        const to = Math.min(rangeEndByte, endByte);
        if (from < to) hash.update(bytes.subarray(from - atByte, to - atByte));
        if (rangeEndByte > endByte) break;
        const checksum = hash.digest("hex");
        if (checksum !== range.checksum)
          return invalid(
            `bytes ${range.offsetBytes} to ${rangeEndByte} have the ${checksumType} ${checksum}, the map says ${range.checksum}`,
          );
        hash = createHash(checksumType);
        nextRange += 1;
      }
      atByte = endByte;
      return ok(undefined);
    },
    finish: () =>
      atByte === imageBytes
        ? ok(undefined)
        : invalid(`the image has ${atByte} bytes, the map is for ${imageBytes}`),
  };
}

function invalid(why: string): Result<never> {
  return fail({
    code: "block_map_invalid",
    detail: `Cannot use the block map: it is for another image: ${why}`,
  });
}
