import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "@stickfarm/common/media/manifest";

const READ_BYTES = 256 * 1024;

/** As many of the bytes as the file has. */
export async function readPart(
  file: FileHandle,
  { offsetBytes, lengthBytes }: ByteRange,
): Promise<Uint8Array> {
  const buffer = Buffer.alloc(lengthBytes);
  let doneBytes = 0;
  while (doneBytes < lengthBytes) {
    const left = lengthBytes - doneBytes;
    const { bytesRead } = await file.read(buffer, doneBytes, left, offsetBytes + doneBytes);
    if (bytesRead === 0) break;
    doneBytes += bytesRead;
  }
  return buffer.subarray(0, doneBytes);
}

/** SHA-256 over parts of a file, one after the other, lower-case hex. */
export async function hashParts(file: FileHandle, parts: readonly ByteRange[]): Promise<string> {
  const hash = createHash("sha256");
  for (const { offsetBytes, lengthBytes } of parts) {
    let atByte = offsetBytes;
    const endByte = offsetBytes + lengthBytes;
    while (atByte < endByte) {
      const length = Math.min(READ_BYTES, endByte - atByte);
      const bytes = await readPart(file, { offsetBytes: atByte, lengthBytes: length });
      if (bytes.length === 0) break;
      hash.update(bytes);
      atByte += bytes.length;
    }
  }
  return hash.digest("hex");
}
