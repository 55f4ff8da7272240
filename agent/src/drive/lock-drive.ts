import { spawn } from "node:child_process";
import { fail, ok, type Result } from "@stickfarm/common/result";

/** Exit code of flock(1) when another holds the lock. */
const CONFLICT_EXIT = 1;

/** udev holds a device for a moment after each change, to look at it. */
const DEVICE_WAIT_SECONDS = 2;

export type LockOutcome = "locked" | "held";

/**
 * Take the exclusive lock of an open drive, for as long as any process keeps this descriptor or a copy of it.
 *
 * The lock belongs to the open file description, which the agent shares with its writer: when the agent is killed, a
 * writer that still lives keeps the drive, and the kernel frees it with the last of them. O_EXCL does the same for block
 * devices, but means nothing for files. Node cannot call flock(2), so util-linux's program does it on an inherited copy.
 *
 * Source: flock(2) on descriptions; systemd.io/BLOCK_DEVICE_LOCKING for udev.
 * Problems: tool_missing, internal.
 */
export function lockDrive(fd: number, isDevice: boolean): Promise<Result<LockOutcome>> {
  const wait = isDevice ? ["--wait", String(DEVICE_WAIT_SECONDS)] : ["--nonblock"];
  const child = spawn("flock", ["--exclusive", ...wait, "3"], {
    stdio: ["ignore", "ignore", "pipe", fd],
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
  });
  let words = "";
  child.stdio[2]?.on("data", (bytes: Buffer) => {
    words = (words + bytes.toString()).slice(0, 300);
  });
  return new Promise((resolve) => {
    child.on("error", (cause) => {
      const detail = `Cannot lock the drive: the program "flock" does not start (${cause.message})`;
      resolve(fail({ code: "tool_missing", detail, cause }));
    });
    child.on("close", (exitCode) => {
      if (exitCode === 0) resolve(ok("locked"));
      else if (exitCode === CONFLICT_EXIT) resolve(ok("held"));
      else {
        const detail = `Cannot lock the drive: "flock" ended with ${exitCode} and said "${words.trim()}"`;
        resolve(fail({ code: "internal", detail }));
      }
    });
  });
}
