import { sanitizeText } from "@stickfarm/common/sanitize-text";
import type { Finding } from "@stickfarm/proto/stickfarm/v1/operator";
import pc from "picocolors";

/** Findings as compilers print them: "file:line:column", what is wrong where, by which rule, and what to do below it. */
export function renderFindings(
  file: string,
  findings: readonly Finding[],
  { color }: { readonly color: boolean },
): string {
  const { red, yellow } = pc.createColors(color);
  return findings
    .map(({ ruleId, severity, line, column, path, rule, remedy }) => {
      const place = line === 0 ? file : `${file}:${line}:${column}`;
      const word = severity === "error" ? red("error") : yellow("warning");
      const what = [path, rule].filter((part) => part !== "").join(": ");
      const remedyLine = remedy === "" ? "" : `    ${sanitizeText(remedy)}\n`;
      const id = ruleId === "" ? "" : ` [${sanitizeText(ruleId)}]`;
      return `${sanitizeText(place)}: ${word}: ${sanitizeText(what)}${id}\n${remedyLine}`;
    })
    .join("");
}

/** "2 errors, 1 warning". */
export function countFindings(findings: readonly Finding[]): string {
  const errors = findings.filter(isError).length;
  const warnings = findings.length - errors;
  const counts = [...countOf(errors, "error"), ...countOf(warnings, "warning")];
  return counts.length === 0 ? "no findings" : counts.join(", ");
}

export function isError({ severity }: Finding): boolean {
  // A severity that a newer controller sends is not taken for harmless.
  return severity !== "warning";
}

function countOf(count: number, word: string): string[] {
  return count === 0 ? [] : [`${count} ${word}${count === 1 ? "" : "s"}`];
}
