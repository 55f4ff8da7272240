import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DiskAnswer, DiskCommand, DiskFaults, DiskStatistics } from "./disk-faults.ts";

/**
 * A block device of this machine that can misbehave, on a file of its own: an NBD server of ours, nbdfuse, a loop device.
 *
 * A hang is a real one, with callers in state D. Yanked, the device stays while somebody has it open, and fails.
 */
export type FaultyDisk = {
  /** /dev/loopN */
  readonly path: string;
  /** A file: what is truly on the disk, past every fault. */
  readonly cells: string;
  /** In place of all faults before. */
  readonly set: (faults: DiskFaults) => Promise<void>;
  readonly statistics: () => Promise<DiskStatistics>;
  /** Pulled: it does not come back. */
  readonly yank: () => Promise<void>;
  /** Takes all of it away. */
  readonly close: () => Promise<void>;
};

/** Beside this file when that is built, else where the build puts it. */
const PROGRAM = [
  join(import.meta.dirname, "disk-main.js"),
  join(import.meta.dirname, "../../dist/support/faulty-disk/disk-main.js"),
].find((path) => existsSync(path));
const TOOLS = ["nbdfuse", "umount", "losetup"];

/** `null` when a faulty disk can be had here. */
export function whyNoFaultyDisk(): string | null {
  if (process.getuid?.() !== 0) return "loop devices need root";
  if (PROGRAM === undefined) return "the faulty disk is not built: tsc -b";
  const missing = TOOLS.filter((tool) => spawnSync(tool, ["--version"]).status !== 0);
  if (missing.length > 0) return `this machine lacks ${missing.join(", ")}`;
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return "this machine has no /dev/fuse";
  }
}

/** Whoever opens it closes it; it goes with this process at the latest. */
export async function openFaultyDisk(
  sizeBytes: number,
  faults: DiskFaults = {},
): Promise<FaultyDisk> {
  const folder = await mkdtemp(join(tmpdir(), "stickfarm-disk-"));
  const disk = startDisk(folder, sizeBytes);
  const close = async (): Promise<void> => {
    await disk.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { path } = await disk.started;
    await disk.ask({ kind: "set", faults });
    return {
      path,
      cells: join(folder, "cells"),
      set: async (wanted) => void (await disk.ask({ kind: "set", faults: wanted })),
      statistics: async () => (await disk.ask({ kind: "statistics" })).statistics,
      yank: async () => void (await disk.ask({ kind: "yank" })),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Ready = Extract<DiskAnswer, { kind: "ready" }>;

/** The process, and commands to it one after the other: answers carry no name. */
function startDisk(folder: string, sizeBytes: number) {
  const child = spawn(process.execPath, [PROGRAM ?? "", folder, String(sizeBytes)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
    // Ctrl-C goes to a whole group: this one ends with its stdin, in order.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Ready> => {
    const line = await lines.next();
    if (line.done) throw new Error("The faulty disk has ended");
    const answer = JSON.parse(line.value) as DiskAnswer;
    if (answer.kind === "ready") return answer;
    throw new Error(`Cannot have a faulty disk: ${answer.detail}`);
  };
  const started = next();
  let tail: Promise<unknown> = started;
  return {
    started,
    ask: (command: DiskCommand): Promise<Ready> => {
      const answer = tail.then(() => {
        child.stdin.write(`${JSON.stringify(command)}\n`);
        return next();
      });
      tail = answer.catch(() => undefined);
      return answer;
    },
    end: async (): Promise<void> => {
      child.stdin.end();
      await ended;
    },
  };
}
