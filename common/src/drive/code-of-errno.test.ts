import { expect, test } from "vitest";
import { codeOfErrno } from "./code-of-errno.ts";

test.each([
  ["a stick that was pulled", ["ENODEV", "ENXIO"], "drive_gone"],
  ["a reader without a card", ["Unknown system error -123"], "drive_gone"],
  ["a stick that is write-protected", ["EROFS", "EPERM", "EACCES"], "drive_read_only"],
  ["a file system that has no direct calls", ["EINVAL"], "direct_io_unsupported"],
  ["a bad sector, or nothing", ["EIO", "ENODATA", "", undefined], null],
] as const)("codeOfErrno() of %s", (_, errnos, code) => {
  for (const errno of errnos) expect([errno, codeOfErrno(errno)]).toEqual([errno, code]);
});
