import { close, constants, open } from "node:fs";
import { promisify } from "node:util";
import type { Drive } from "@stickfarm/common/drive/drive";
import type { Problem } from "@stickfarm/common/problem";
import { describeDrive, type Found, lookAt } from "./describe-drive.ts";
import type { DriveSource } from "./drive-source.ts";
import { type DriveHost, readMachine } from "./read-machine.ts";

/** The drives that the sources stand for, as they are now, without disks that have just gone. Nothing is opened for writing. */
export async function listDrives(
  sources: readonly DriveSource[],
  host: DriveHost,
): Promise<readonly Drive[]> {
  const machine = await readMachine(host);
  const drives = await Promise.all(
    sources.map(async (source) => {
      const found = await lookAt(source);
      const drive = describeDrive(source, found, machine);
      const direct = drive === null ? null : await whyNotDirect(found);
      if (drive === null || direct === null) return drive;
      return { ...drive, refusals: [...drive.refusals, direct] };
    }),
  );
  return drives.filter((drive) => drive !== null);
}

/** Whether the file system refuses O_DIRECT shows only at opening: better in the plan than at the claim. */
async function whyNotDirect({ path, stats }: Found): Promise<Problem | null> {
  if (!stats?.isFile()) return null;
  try {
    const flags = constants.O_RDONLY | constants.O_DIRECT | constants.O_NOFOLLOW;
    await promisify(close)(await promisify(open)(path, flags));
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // node:fs throws nothing else.
    if (code !== "EINVAL") return null;
    return {
      code: "direct_io_unsupported",
      detail: `Cannot write the file "${path}" past the page cache: ${message}`,
    };
  }
}
