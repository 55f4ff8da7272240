import { spawnSync } from "node:child_process";
import { rm, statfs, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VirtualDriveSource } from "@stickfarm/agent/drive/parse-virtual-drive";
import { GIB, renderBytes } from "@stickfarm/common/bytes";
import type { Place, Setting } from "./results.ts";
import type { Scratch } from "./scratch.ts";

export type Targets = AsyncDisposable & {
  readonly paths: readonly string[];
  readonly sources: readonly VirtualDriveSource[];
};

/** Why targets of these bytes cannot be had; `null` when they can. */
export async function whyNotPlace(
  place: Place,
  scratch: Scratch,
  bytes: number,
): Promise<string | null> {
  if (place === "loop" && process.getuid?.() !== 0) return "loop devices need root";
  if (place === "loop" && spawnSync("losetup", ["--version"]).status !== 0) {
    return "losetup is not there";
  }
  const { bavail, bsize } = await statfs(folderOf(place, scratch));
  const spareBytes = bytes + GIB;
  if (bavail * bsize >= spareBytes) return null;
  return `${folderOf(place, scratch)} has ${renderBytes(bavail * bsize)}, must have ${renderBytes(spareBytes)}`;
}

/** Make empty targets of the image's size. */
export async function openTargets(
  { place, targets }: Setting,
  scratch: Scratch,
  sizeBytes: number,
): Promise<Targets> {
  const files = Array.from({ length: targets }, (_, index) =>
    join(folderOf(place, scratch), `target-${index}`),
  );
  for (const file of files) {
    await writeFile(file, "");
    await truncate(file, sizeBytes);
  }
  const attached = place === "loop" ? files.map((file) => attach(file, scratch)) : [];
  const paths = place === "loop" ? attached.map(({ path }) => path) : files;
  return {
    paths,
    sources: paths.map((path, index) => ({
      kind: place === "loop" ? "device" : "file",
      path,
      sizeBytes: null,
      serial: `T${index}`,
      bay: String(index),
    })),
    [Symbol.asyncDispose]: async () => {
      for (const { detach } of attached) detach();
      for (const file of files) await rm(file);
    },
  };
}

function folderOf(place: Place, scratch: Scratch): string {
  return place === "loop" ? scratch.memoryFolder : scratch.diskFolder;
}

type Attached = { readonly path: string; readonly detach: () => void };

function attach(file: string, { undo }: Scratch): Attached {
  const attached = spawnSync("losetup", ["--find", "--show", file], { encoding: "utf8" });
  if (attached.status !== 0) throw new Error(`losetup: ${attached.stderr}`);
  const path = attached.stdout.trim();
  const detach = (): void => {
    if (undo.delete(detach)) spawnSync("losetup", ["--detach", path]);
  };
  undo.add(detach);
  // What protected the device in an earlier life of its number still does.
  spawnSync("blockdev", ["--setrw", path]);
  return { path, detach };
}
