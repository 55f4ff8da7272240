import { alignUp } from "./align.ts";
import type { Extent } from "./extent.ts";

/** A `bytes` extent, filled up with zeros to whole blocks. */
export function bytesExtent(offsetBytes: number, bytes: Uint8Array, blockBytes: number): Extent {
  const lengthBytes = alignUp(bytes.length, blockBytes);
  const whole = lengthBytes === bytes.length ? bytes : new Uint8Array(lengthBytes);
  if (whole !== bytes) whole.set(bytes);
  return { offsetBytes, lengthBytes, source: { kind: "bytes", bytes: whole } };
}
