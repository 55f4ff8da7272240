import type { Problem } from "../problem.ts";

/** What the serial of a drive is asked for; no other refusal is ever overridden. */
export const ASK_CODES = ["drive_too_large", "drive_foreign_content"] as const;
export type AskCode = (typeof ASK_CODES)[number];

/** A refusal until the serial of its drive is typed. */
export type Ask = Problem & { readonly code: AskCode };

export function isAskCode(text: string): text is AskCode {
  return ASK_CODES.some((code) => code === text);
}
