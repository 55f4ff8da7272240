import { escapeUnsafe } from "@stickfarm/common/sanitize-text";
import type { Io } from "./io.ts";

/** The answer of a command: a line for a person, or a line of JSON. */
export function printAnswer(
  io: Io,
  { json, value, text }: { readonly json: boolean; readonly value: unknown; readonly text: string },
): void {
  io.stdout.write(json ? `${escapeUnsafe(JSON.stringify(value))}\n` : `${text}\n`);
}
