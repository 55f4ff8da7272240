import { sanitizeLines } from "@stickfarm/common/sanitize-text";
import { writeAnswer } from "../output/write-answer.ts";
import { answer, type Session, say } from "../shell/session.ts";

type Applied = {
  /** The text as it was applied, with its comments. */
  readonly yaml: string;
  /** For programs: what is known of it, with the text. */
  readonly value: unknown;
  /** A line about it for the person at the terminal. */
  readonly note: string;
};

/**
 * A stored definition as its author wrote it.
 *
 * Shape: a file gets what was applied, byte for byte, and so does `-o yaml`; a terminal gets what is safe to look at.
 */
export function writeApplied(session: Session, { yaml, value, note }: Applied): void {
  if (session.format === "json") {
    writeAnswer(session, value, () => "");
    return;
  }
  const isTerminal = session.io.stdout.isTTY === true;
  answer(session, isTerminal ? `${sanitizeLines(yaml).trimEnd()}\n` : yaml);
  if (session.format === "table") say(session, note);
}
