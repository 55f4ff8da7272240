import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { isErrnoError } from "@stickfarm/common/rim/file-problem";

const TERMINATE_MAX_MS = 5_000;
const KILL_MAX_MS = 5_000;
const LOOK_EVERY_MS = 20;

/**
 * Stop the server that a killed controller left behind, so that it does not serve old settings beside the new one.
 *
 * Only the process whose number is in `pidPath` and whose command line names our configuration file: by now the number
 * may be somebody else's. Gives its number when there was one.
 */
export async function stopStaleServer(files: {
  readonly pidPath: string;
  readonly configPath: string;
}): Promise<number | null> {
  const pid = Number(await readOrEmpty(files.pidPath));
  const isThere = async (): Promise<boolean> => await runsWith(pid, files.configPath);
  if (!Number.isSafeInteger(pid) || pid <= 1 || !(await isThere())) return null;
  for (const [signal, mostMs] of [
    ["SIGTERM", TERMINATE_MAX_MS],
    ["SIGKILL", KILL_MAX_MS],
  ] as const) {
    sendSignal(pid, signal);
    if (await isGoneWithin(isThere, mostMs)) return pid;
  }
  return pid;
}

/** A process that has ended and waits for its parent has an empty command line. */
async function runsWith(pid: number, configPath: string): Promise<boolean> {
  const args = (await readOrEmpty(`/proc/${pid}/cmdline`)).split("\0");
  return args.includes(configPath);
}

async function isGoneWithin(isThere: () => Promise<boolean>, mostMs: number): Promise<boolean> {
  const untilMs = performance.now() + mostMs;
  while (await isThere()) {
    if (performance.now() > untilMs) return false;
    await pause(LOOK_EVERY_MS);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It went by itself in between.
    if (!isErrnoError(error) || error.code !== "ESRCH") throw error;
  }
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    // ESRCH: the process ended while its command line was read.
    if (isErrnoError(error) && (error.code === "ENOENT" || error.code === "ESRCH")) return "";
    throw error;
  }
}
