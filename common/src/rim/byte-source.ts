import type { Problem } from "../problem.ts";
import { fileProblem, isErrnoError } from "./file-problem.ts";

/**
 * Bytes from a program or a decoder, and in the end `null`, or the problem that cut them short. A chunk is valid until
 * the next one is asked for. Ending the generator early releases what is behind it.
 */
export type ByteSource = AsyncGenerator<Uint8Array, Problem | null, void>;

/** What each decoder is given. */
export type ExpandInput = {
  readonly path: string;
  /** First half of every problem's sentence: "Cannot expand "/x/y.xz"". */
  readonly doing: string;
  readonly signal: AbortSignal | undefined;
};

/** A stream of Node's or of a package, whose errors mean that the archive is broken. */
export async function* decodeStream(
  doing: string,
  open: () => AsyncIterable<Uint8Array>,
): ByteSource {
  try {
    yield* open();
    return null;
  } catch (error) {
    return unreadable(doing, error);
  }
}

/** The archive is broken, or the disk that it lies on. */
export function unreadable(doing: string, error: unknown): Problem {
  if (isErrnoError(error)) return fileProblem(doing, error);
  const words = error instanceof Error ? error.message : String(error);
  return { code: "archive_unreadable", detail: `${doing}: ${words}`, cause: error };
}
