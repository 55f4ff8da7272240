import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { readAt } from "../../journey/support/drive-bytes.ts";
import { runProgram } from "../../support/run-program.ts";

/** A stick, in a port or not: its serial, and the file that is its memory. */
export type Stick = { readonly name: string; readonly serial: string; readonly file: string };

const STICK_BYTES = 64 * MIB;
const OLD_BYTES = 2 * MIB;
const OLD_AT_BYTES = 8 * MIB;

/** Sticks come with a file system and files of somebody, and would boot into nothing. */
export async function makeStick(folder: string, name: string): Promise<Stick> {
  const file = join(folder, `${name}.img`);
  const handle = await open(file, "wx");
  try {
    await handle.truncate(STICK_BYTES);
    await handle.write(Buffer.alloc(OLD_BYTES, 0xa5), 0, OLD_BYTES, OLD_AT_BYTES);
  } finally {
    await handle.close();
  }
  await runProgram("mkfs.fat", ["-I", "-n", "OLD STICK", file]);
  const serial = createHash("sha256").update(name).digest("hex").slice(0, 12).toUpperCase();
  return { name, serial: `5F${serial}`, file };
}

/** What lies on it, as one value. */
export async function digestOf({ file }: Stick): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

export async function startsWithZeros({ file }: Stick): Promise<boolean> {
  return (await readAt(file, 0, 4096)).every((byte) => byte === 0);
}
