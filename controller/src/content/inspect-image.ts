import { createHash } from "node:crypto";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import {
  detectCompression,
  detectForeignFormat,
  HEAD_BYTES,
} from "@stickfarm/common/rim/detect-compression";
import { startBlockCheck } from "./check-blocks.ts";
import type { BlockMap } from "./parse-block-map.ts";

/** Looks at a raw image while it streams past. */
export type ImageInspector = {
  /** Problems: archive_unreadable when it is no raw image, block_map_invalid at the first range that differs. */
  readonly update: (bytes: Uint8Array) => Result<void>;
  /** Problems: those of `update()`, and block_map_invalid when the map is for another size. */
  readonly finish: () => Result<BlobRef>;
};

/** `doing` is the first half of every problem's sentence. */
export function startImageInspector(doing: string, map: BlockMap | null): ImageInspector {
  const hash = createHash("sha256");
  const blocks = map === null ? null : startBlockCheck(map);
  const head = Buffer.alloc(HEAD_BYTES);
  let sizeBytes = 0;
  return {
    update: (bytes) => {
      hash.update(bytes);
      const isHeadNew = sizeBytes < HEAD_BYTES && sizeBytes + bytes.length >= HEAD_BYTES;
      if (sizeBytes < HEAD_BYTES) head.set(bytes.subarray(0, HEAD_BYTES - sizeBytes), sizeBytes);
      sizeBytes += bytes.length;
      const raw = isHeadNew ? checkRaw(doing, head) : ok(undefined);
      return raw.ok && blocks !== null ? blocks.update(bytes) : raw;
    },
    finish: () => {
      const raw = sizeBytes === 0 ? notRaw(doing, "nothing") : checkRaw(doing, head);
      const checked = raw.ok && blocks !== null ? blocks.finish() : raw;
      return checked.ok ? ok({ sha256: hash.digest("hex"), sizeBytes }) : checked;
    },
  };
}

/** Written as they are these make a stick that verifies and does nothing: an image packed twice is one of them. */
function checkRaw(doing: string, head: Uint8Array): Result<void> {
  const compression = detectCompression(head);
  const what = compression === "none" ? detectForeignFormat(head) : `a ${compression} file`;
  return what === null ? ok(undefined) : notRaw(doing, what);
}

function notRaw(doing: string, what: string): Result<never> {
  const must = "it must be a raw disk image, or one packed once by gzip, xz, zstd, bzip2 or zip";
  return fail({ code: "archive_unreadable", detail: `${doing}: its content is ${what}, ${must}` });
}
