/**
 * Makes a drive's light blink, in a process of its own: reads past the cache at changing places for half a second, waits
 * for half a second, and again until its time is up. The drive is open for reading only.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { isLit, msToTurn, placeOfRead } from "./blink.ts";
import type { BlinkOrder } from "./blink-drive.ts";

const PIECE_BYTES = 128 * 1024;
const PAGE_BYTES = 64 * 1024;

/** The part of its interface that is used here; @types/node declares none of it. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
};

// Its memory begins at a page, as O_DIRECT wants it.
const memory = new WebAssembly.Memory({
  initial: PIECE_BYTES / PAGE_BYTES,
  maximum: PIECE_BYTES / PAGE_BYTES,
});
const buffer = Buffer.from(memory.buffer);

async function blink(drive: FileHandle, { sizeBytes, durationMs }: BlinkOrder): Promise<void> {
  const beganAtMs = performance.now();
  for (let count = 0; ; ) {
    const elapsedMs = performance.now() - beganAtMs;
    if (elapsedMs >= durationMs) return;
    if (!isLit(elapsedMs)) {
      await pause(Math.min(msToTurn(elapsedMs), durationMs - elapsedMs));
      continue;
    }
    const at = placeOfRead(count, { sizeBytes, pieceBytes: PIECE_BYTES });
    if (at === null) throw new Error("the drive is smaller than one read");
    const { bytesRead } = await drive.read(buffer, 0, PIECE_BYTES, at);
    // After an unplug the kernel gives no bytes and no error.
    if (bytesRead === 0) throw new Error(`it gave no bytes at ${at}`);
    count += 1;
  }
}

// Written by blink-drive.ts of the same version.
const order = JSON.parse(process.argv[2] ?? "") as BlinkOrder;
const { O_RDONLY, O_DIRECT, O_NONBLOCK, O_NOFOLLOW } = constants;
try {
  await blink(await open(order.path, O_RDONLY | O_DIRECT | O_NONBLOCK | O_NOFOLLOW), order);
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
