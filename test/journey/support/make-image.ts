import { createCipheriv } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { MIB } from "@stickfarm/common/bytes";

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

/** A file of zeros but for these ranges of at most 1 MiB, which hold bytes of `makeImage`. */
export async function makeSparseImage(
  path: string,
  { sizeBytes, ranges, seed }: SparseImage,
): Promise<void> {
  await makeImage(`${path}.bytes`, 2 * MIB, seed);
  const bytes = await readFile(`${path}.bytes`);
  const file = await open(path, "w");
  try {
    await file.truncate(sizeBytes);
    for (const { offsetBytes, lengthBytes } of ranges)
      await file.write(bytes, offsetBytes % MIB, lengthBytes, offsetBytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

type SparseImage = {
  readonly sizeBytes: number;
  readonly ranges: readonly { readonly offsetBytes: number; readonly lengthBytes: number }[];
  readonly seed: number;
};

/** A definition that writes an image content as it is. */
export function diskImage(name: string, content: string): string {
  return `apiVersion: stickfarm/v1
kind: DiskImage
metadata: { name: ${name} }
spec: { image: { content: ${content} } }
`;
}
