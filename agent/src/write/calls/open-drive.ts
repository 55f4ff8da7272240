import { fdatasync, read, write } from "node:fs";
import { codeOfErrno } from "@stickfarm/common/drive/code-of-errno";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";

/** A drive that is open with O_DIRECT. Buffers, offsets and lengths are aligned to its logical block. */
export type OpenDrive = {
  /** Fills the whole buffer or fails. */
  readonly read: (buffer: Buffer, offsetBytes: number) => Promise<Result<void>>;
  /** Writes the whole buffer or fails. */
  readonly write: (buffer: Buffer, offsetBytes: number) => Promise<Result<void>>;
  /** Never called again after it failed: the kernel reports a lost write once. */
  readonly flush: () => Promise<Result<void>>;
};

/**
 * The drive behind a descriptor that somebody else opened and closes.
 *
 * Problems: write_failed, read_failed, drive_gone, drive_read_only, direct_io_unsupported, each with the place.
 */
export function driveBehind(fd: number): OpenDrive {
  return {
    read: (buffer, offsetBytes) =>
      new Promise((resolve) => {
        read(fd, buffer, 0, buffer.length, offsetBytes, (error, bytes) => {
          resolve(judgeTransfer({ doing: "read", error, bytes, offsetBytes, want: buffer.length }));
        });
      }),
    write: (buffer, offsetBytes) =>
      new Promise((resolve) => {
        write(fd, buffer, 0, buffer.length, offsetBytes, (error, bytes) => {
          resolve(
            judgeTransfer({ doing: "write", error, bytes, offsetBytes, want: buffer.length }),
          );
        });
      }),
    flush: () =>
      new Promise((resolve) => {
        fdatasync(fd, (error) => {
          if (error === null) resolve(ok(undefined));
          else resolve(fail(problemOf("write", error, "Cannot flush the drive")));
        });
      }),
  };
}

type Transfer = {
  readonly doing: "read" | "write";
  readonly error: NodeJS.ErrnoException | null;
  readonly bytes: number;
  readonly offsetBytes: number;
  readonly want: number;
};

/**
 * What a finished read or write means. A short one is a failure: it is how a device that has shrunk or gone answers.
 *
 * Source: measured with pulled and ejected USB sticks: reads give 0 bytes and no error after a pull.
 */
function judgeTransfer({ doing, error, bytes, offsetBytes, want }: Transfer): Result<void> {
  const cannot = `Cannot ${doing} the drive at bytes ${offsetBytes} to ${offsetBytes + want - 1}`;
  const range = { offsetBytes, lengthBytes: want };
  if (error !== null) return fail({ ...problemOf(doing, error, cannot), range });
  if (bytes === want) return ok(undefined);
  return fail({
    code: bytes === 0 && doing === "read" ? "drive_gone" : FAILED[doing],
    detail: `${cannot}: ${bytes} bytes went through, must be ${want}`,
    range,
  });
}

const FAILED = { read: "read_failed", write: "write_failed" } as const;

function problemOf(doing: "read" | "write", error: NodeJS.ErrnoException, cannot: string): Problem {
  return {
    code: codeOfErrno(error.code) ?? FAILED[doing],
    detail: `${cannot}: ${error.message}`,
    cause: error,
  };
}
