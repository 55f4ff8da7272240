import type { Problem } from "../problem.ts";

/** Asked in a function of its own because the answer changes behind the compiler's back. */
export function isCanceled(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** `doing` is the first half of the sentence: "Cannot read "/x/y"". */
export function canceled(doing: string): Problem {
  return { code: "canceled", detail: `${doing}: it was stopped` };
}
