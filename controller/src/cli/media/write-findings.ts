import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Finding } from "@stickfarm/proto/stickfarm/v1/operator";
import { writeAnswer } from "../output/write-answer.ts";
import type { Session } from "../shell/session.ts";
import { countFindings, isError, renderFindings } from "./render-findings.ts";

type Checked = {
  /** "-" = standard input. */
  readonly file: string;
  readonly findings: readonly Finding[];
  /** "hq@3 is stored"; `null` when an error was found. */
  readonly outcome: string | null;
  /** For programs: the whole answer. */
  readonly answer: unknown;
};

/**
 * The answer of every command that checks a file: all findings, then what became of it.
 *
 * Problems: definition_invalid.
 */
export function writeFindings(session: Session, checked: Checked): Result<number> {
  const { file, findings, outcome, answer } = checked;
  writeAnswer(session, answer, () => {
    const found = renderFindings(file === "-" ? "stdin" : file, findings, session);
    return outcome === null ? found : `${found}${outcome}, ${countFindings(findings)}\n`;
  });
  if (outcome !== null && !findings.some(isError)) return ok(0);
  return fail({
    code: "definition_invalid",
    detail: `Cannot take the definition "${file}": it has ${countFindings(findings)}`,
  });
}

/** Of what has revisions; what was only checked may have none yet. */
export function describeOutcome(
  { name, revision }: { readonly name: string; readonly revision: number },
  { dryRun, stored }: { readonly dryRun: boolean; readonly stored: boolean },
): string {
  const which = revision === 0 ? name : `${name}@${revision}`;
  if (dryRun) return `${which} is valid`;
  return stored ? `${which} is stored` : `${which} was stored before and has not changed`;
}
