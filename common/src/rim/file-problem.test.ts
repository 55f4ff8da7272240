import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fileProblem, isErrnoError } from "./file-problem.ts";

test("fileProblem() says what the system said, without the call and the path", async () => {
  const error = await readFile("/nowhere/at-all").catch((thrown: unknown) => thrown);
  expect(fileProblem("Cannot read it", error)).toEqual({
    code: "path_missing",
    detail: "Cannot read it: ENOENT: no such file or directory",
    cause: error,
  });
});

test.each([
  ["ENOSPC", "disk_full"],
  ["EDQUOT", "disk_full"],
  ["EACCES", "path_unreadable"],
  ["ENOTDIR", "path_missing"],
  ["EIO", "storage_failed"],
  ["EMFILE", "storage_failed"],
])("fileProblem() tells %s as %s", (code, expected) => {
  const error = Object.assign(new Error("words"), { code });
  expect(fileProblem("Cannot", error).code).toBe(expected);
});

test("fileProblem() throws on what no file operation throws", () => {
  const faults: readonly unknown[] = [new TypeError("ours"), undefined, "text", thrownByZlib()];
  for (const fault of faults) {
    expect(isErrnoError(fault)).toBe(false);
    expect(() => fileProblem("Cannot", fault)).toThrow();
  }
});

function thrownByZlib(): unknown {
  try {
    return gunzipSync(Buffer.from("mud"));
  } catch (error) {
    return error;
  }
}
