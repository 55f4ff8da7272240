import { createHash } from "node:crypto";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { isCanceled } from "@stickfarm/common/rim/cancel";
import type { BlobState } from "./point-access.ts";

/** Whether these bytes are the blob. Throws what the stream throws, and when it is stopped. */
export async function judgeBytes(
  bytes: AsyncIterable<Uint8Array>,
  blob: BlobRef,
  signal: AbortSignal | undefined,
): Promise<BlobState> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const piece of bytes) {
    if (isCanceled(signal)) throw new Error("it was stopped");
    hash.update(piece);
    sizeBytes += piece.length;
    if (sizeBytes > blob.sizeBytes) return wrongSize(`more than ${blob.sizeBytes}`, blob);
  }
  if (sizeBytes < blob.sizeBytes) return wrongSize(sizeBytes, blob);
  const sha256 = hash.digest("hex");
  if (sha256 === blob.sha256) return { kind: "whole" };
  return { kind: "damaged", is: `its bytes have the SHA-256 ${sha256}` };
}

export function wrongSize(isBytes: number | string, { sizeBytes }: BlobRef): BlobState {
  return { kind: "damaged", is: `it has ${isBytes} bytes, must have ${sizeBytes}` };
}
