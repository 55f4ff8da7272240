/**
 * Text from drives, agents and files is shown to a person who decides by it what is erased. A serial number that holds
 * control or bidirectional characters could move the cursor, hide a line or swap what stands left and right.
 *
 * Cc: controls of ECMA-48, C0 and C1. Cf: invisible formatting, bidirectional overrides and tags among it. Cs: halves of
 * surrogate pairs. Zl, Zp: line breaks that terminals do not agree on.
 * Source: Unicode TR36 section 2.5, TR9.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** One line of text, each unsafe character replaced by one that is seen. */
export function sanitizeText(text: string): string {
  return text.replaceAll(UNSAFE, "\ufffd");
}

/** The same for text of several lines: line ends and tabs stay. */
export function sanitizeLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.split("\t").map(sanitizeText).join("\t"))
    .join("\n");
}

/**
 * JSON or double-quoted YAML with each unsafe character written as an escape: nothing is lost, nothing reaches the
 * terminal. Line ends stay, as they separate what is printed.
 */
export function escapeUnsafe(text: string): string {
  return text.replaceAll(UNSAFE, (character) =>
    character === "\n" ? character : character.split("").map(escapeUnit).join(""),
  );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
