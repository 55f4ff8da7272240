import type { Problem, ProblemCode } from "../problem.ts";

const CODES: Readonly<Record<string, ProblemCode>> = {
  ENOENT: "path_missing",
  ENOTDIR: "path_missing",
  ELOOP: "path_not_content",
  EACCES: "path_unreadable",
  EPERM: "path_unreadable",
  ENOSPC: "disk_full",
  EDQUOT: "disk_full",
};

/**
 * The problem behind a failed file operation. `doing` is the first half of its sentence: "Cannot read "/x/y"".
 * What no file operation throws is a fault of ours and thrown on.
 */
export function fileProblem(doing: string, error: unknown): Problem {
  if (!isErrnoError(error)) throw error;
  const code = CODES[error.code] ?? "storage_failed";
  return { code, detail: `${doing}: ${sayErrno(error)}`, cause: error };
}

/** Whether the operating system refused something. */
export function isErrnoError(error: unknown): error is Error & { readonly code: string } {
  // Not zlib's Z_DATA_ERROR, nor ERR_INVALID_ARG_TYPE, which is a fault of ours.
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^E[A-Z0-9]+$/.test(error.code)
  );
}

/** "ENOSPC: no space left on device", without the system call and the path that Node appends. */
function sayErrno(error: Error): string {
  return error.message.split(", ")[0] ?? error.message;
}
