import { open } from "node:fs/promises";
import { MIB } from "@stickfarm/common/bytes";
import { runProgram } from "../../support/run-program.ts";
import { waitFor } from "../../support/wait-for.ts";

/** `lengthBytes` of a file from `at`. */
export async function readAt(path: string, at: number, lengthBytes: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    return (await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, at)).buffer;
  } finally {
    await file.close();
  }
}

/** Waits until the writer has come to `at` of a drive that was zero there. */
export function bytesArrive(drive: string, at = 8 * MIB): Promise<true> {
  return waitFor(
    `bytes at ${at} of "${drive}"`,
    async () => (await readAt(drive, at, 4096)).some((byte) => byte !== 0) || undefined,
    { limitMs: 120_000, everyMs: 5 },
  );
}

/** Fills a file with one byte as it stands: the same file, of the same size. */
export async function fillWith(path: string, byte: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    const chunk = Buffer.alloc(4 * MIB, byte);
    for (let at = 0; at < size; at += chunk.length)
      await file.write(chunk, 0, Math.min(chunk.length, size - at), at);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** SHA-256, hex. */
export async function digestOf(path: string): Promise<string> {
  return (await runProgram("sha256sum", [path])).slice(0, 64);
}

/** Turns every bit of a byte. */
export async function flipByte(path: string, at: number): Promise<void> {
  const byte = (await readAt(path, at, 1))[0] ?? 0;
  const file = await open(path, "r+");
  try {
    await file.write(Buffer.of(byte ^ 0xff), 0, 1, at);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Fails, naming the first byte, unless both files begin with the same `lengthBytes`. */
export async function sameBytes(left: string, right: string, lengthBytes: number): Promise<void> {
  await runProgram("cmp", ["--bytes", String(lengthBytes), left, right]);
}
