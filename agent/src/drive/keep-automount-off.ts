import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@stickfarm/common/log";

/** Where udev takes rules for the time until the next start of the machine. */
export const RULES_FOLDER = "/run/udev/rules.d";

/**
 * Desktops mount a stick as soon as it is plugged in, and again after its table was written. While an agent offers USB
 * sticks, udisks leaves disks on USB ports alone.
 *
 * Source: udisks(8), UDISKS_IGNORE and UDISKS_AUTO; udev sees a changed folder by itself within three seconds.
 */
const RULE = `# Written by stickfarm-agent while it runs; it goes with it.
SUBSYSTEM=="block", SUBSYSTEMS=="usb", ENV{UDISKS_IGNORE}="1", ENV{UDISKS_AUTO}="0"
`;

const RULE_FILE = /^90-stickfarm-(\d+)\.rules$/;

export type Automount = { readonly close: () => Promise<void> };

type Place = {
  /** Of this agent. */
  readonly pid: number;
  readonly folder: string;
  readonly isRunning: (pid: number) => boolean;
};

/**
 * Keep automount off until `close`. What an agent left behind that was killed is removed first. Where there is no udev, or
 * this user may not, the log says so and nothing else changes: a stick that is mounted is refused as ever.
 */
export async function keepAutomountOff(
  log: Log,
  { pid, folder, isRunning }: Place,
): Promise<Automount> {
  const path = join(folder, `90-stickfarm-${pid}.rules`);
  try {
    // Not recursive: no udev, no folder above it.
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await removeLeftBehind(folder, isRunning);
    await writeFile(path, RULE);
  } catch (error) {
    log.warn({ error, folder }, "cannot keep automount off");
    return { close: () => Promise.resolve() };
  }
  return { close: () => rm(path, { force: true }) };
}

async function removeLeftBehind(
  folder: string,
  isRunning: (pid: number) => boolean,
): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = RULE_FILE.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

/** Source: kill(2), signal 0. */
export function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, as another user.
    return (error as NodeJS.ErrnoException).code === "EPERM"; // node throws nothing else.
  }
}
