import { createCipheriv } from "node:crypto";
import { open } from "node:fs/promises";

const CHUNK_BYTES = 4 * 1024 * 1024;

/** A file of bytes that compress to nothing less: AES-CTR over zeros, the same for the same seed. */
export async function makeImage(path: string, sizeBytes: number, seed = 1): Promise<void> {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  const zeros = Buffer.alloc(CHUNK_BYTES);
  const file = await open(path, "w");
  try {
    for (let at = 0; at < sizeBytes; at += CHUNK_BYTES)
      await file.write(cipher.update(zeros.subarray(0, Math.min(CHUNK_BYTES, sizeBytes - at))));
  } finally {
    await file.close();
  }
}

/** A definition that writes an image content as it is. */
export function diskImage(name: string, content: string): string {
  return `apiVersion: stickfarm/v1
kind: DiskImage
metadata: { name: ${name} }
spec: { image: { content: ${content} } }
`;
}
