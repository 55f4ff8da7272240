import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { runProgram } from "../../support/run-program.ts";

/** Programs that judge a stick; Debian: dosfstools, mtools, fdisk. */
export const STICK_JUDGES = ["fsck.fat", "mcopy", "sfdisk"] as const;

/** What fsck.fat says of the first partition, which must be clean; the stick is a file and is not changed. */
export async function checkFat(stick: string, folder: string): Promise<string> {
  const { offsetBytes, sizeBytes } = await firstPartition(stick);
  const partition = join(folder, "partition.img");
  await copySparsely(stick, { offsetBytes, sizeBytes, to: partition });
  return await runProgram("fsck.fat", ["-n", partition]);
}

/** Copy all files of the first partition into a new folder. */
export async function extractFat(stick: string, folder: string): Promise<void> {
  const { offsetBytes } = await firstPartition(stick);
  await mkdir(folder, { recursive: true });
  await runProgram("mcopy", ["-s", "-m", "-n", "-i", `${stick}@@${offsetBytes}`, "::/", folder], {
    env: { LANG: "C.UTF-8" },
  });
}

async function firstPartition(stick: string) {
  const listed = JSON.parse(await runProgram("sfdisk", ["--json", stick])) as {
    partitiontable: { sectorsize: number; partitions: { start: number; size: number }[] };
  };
  const { sectorsize, partitions } = listed.partitiontable;
  const [first] = partitions;
  if (first === undefined) throw new Error(`${stick} has no partition`);
  return { offsetBytes: first.start * sectorsize, sizeBytes: first.size * sectorsize };
}

type Copy = { readonly offsetBytes: number; readonly sizeBytes: number; readonly to: string };

/** Zeros stay holes: a stick of gigabytes has megabytes of content. */
async function copySparsely(from: string, { offsetBytes, sizeBytes, to }: Copy): Promise<void> {
  const source = await open(from, "r");
  const target = await open(to, "w");
  const zeros = Buffer.alloc(MIB);
  try {
    await target.truncate(sizeBytes);
    for (let at = 0; at < sizeBytes; at += MIB) {
      const length = Math.min(MIB, sizeBytes - at);
      const { buffer } = await source.read(Buffer.alloc(length), 0, length, offsetBytes + at);
      if (!buffer.equals(zeros.subarray(0, length))) await target.write(buffer, 0, length, at);
    }
  } finally {
    await source.close();
    await target.close();
  }
}
