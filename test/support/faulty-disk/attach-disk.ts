import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** A loop device on what an NBD server gives. */
export type AttachedDisk = {
  readonly path: string;
  /** Take it away, also from whoever has it open. Nothing happens the second time. */
  readonly detach: () => Promise<void>;
};

const run = promisify(execFile);
/**
 * Few and small enough that not all of nbdfuse's ten threads can hang: whoever only asks for the size of the file below the
 * device must get an answer all the same, as it does of a stick.
 */
const QUEUE = { nr_requests: 4, max_sectors_kb: 512 } as const;
const MOUNT_LIMIT_MS = 20_000;

/** Mount the server's export as a file by nbdfuse, and put a loop device on it. `folder` must not be there. */
export async function attachDisk(socketPath: string, folder: string): Promise<AttachedDisk> {
  mkdirSync(folder);
  // What it says of failing operations is what the test asked for.
  const fuse = spawn("nbdfuse", [folder, `nbd+unix:///?socket=${socketPath}`], { stdio: "ignore" });
  const fuseEnded = new Promise<void>((resolve) => {
    fuse.once("error", () => resolve());
    fuse.once("close", () => resolve());
  });
  let loop: string | null = null;
  const detach = async (): Promise<void> => {
    const path = loop;
    loop = null;
    // First of all: whoever hangs in it fails then, and nothing below waits for the device.
    fuse.kill("SIGKILL");
    await fuseEnded;
    // A device that was made read-only stays so for whoever gets its number next.
    if (path !== null) await run("blockdev", ["--setrw", path]).catch(() => undefined);
    // Lazy, when somebody has it open: it goes with the last close.
    if (path !== null) await run("losetup", ["--detach", path]).catch(() => undefined);
    await run("umount", ["--lazy", folder]).catch(() => undefined);
  };
  try {
    await waitForExport(`${folder}/nbd`, fuse);
    const args = ["--find", "--show", "--direct-io=on", `${folder}/nbd`];
    loop = (await run("losetup", args)).stdout.trim();
    for (const [name, value] of Object.entries(QUEUE)) {
      writeFileSync(`/sys/block/${basename(loop)}/queue/${name}`, String(value));
    }
    return { path: loop, detach };
  } catch (error) {
    await detach();
    throw error;
  }
}

async function waitForExport(file: string, fuse: ChildProcess): Promise<void> {
  for (const untilMs = performance.now() + MOUNT_LIMIT_MS; performance.now() < untilMs; ) {
    if (fuse.exitCode !== null || fuse.pid === undefined) break;
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) return;
    await sleep(10);
  }
  throw new Error(`nbdfuse gave no file in ${MOUNT_LIMIT_MS} ms`);
}
