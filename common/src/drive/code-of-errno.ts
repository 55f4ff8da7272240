import type { ProblemCode } from "../problem.ts";

/**
 * What an error of the kernel says of a drive, whatever was asked of it; `null` when it depends on that.
 *
 * Source: measured with pulled, ejected and write-protected USB sticks and loop devices. EINVAL comes of buffers and
 * places that O_DIRECT does not take.
 */
export function codeOfErrno(errno: string | undefined): ProblemCode | null {
  return CODES[errno ?? ""] ?? null;
}

const CODES: Readonly<Partial<Record<string, ProblemCode>>> = {
  ENODEV: "drive_gone",
  ENXIO: "drive_gone",
  // ENOMEDIUM: libuv has no name for it.
  "Unknown system error -123": "drive_gone",
  EROFS: "drive_read_only",
  EPERM: "drive_read_only",
  EACCES: "drive_read_only",
  EINVAL: "direct_io_unsupported",
};
