import { createCipheriv } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";

const FILES = 12;
const FILE_BYTES = 32 * MIB;

/** Enough bytes that there is something to watch: AES over zeros, which nothing can pack or skip. */
export async function writePayload(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16));
  const zeros = Buffer.alloc(FILE_BYTES);
  for (let index = 1; index <= FILES; index++)
    await writeFile(join(directory, `part-${index}.bin`), cipher.update(zeros));
}
