import { sanitizeText } from "../sanitize-text.ts";

/** No file system has longer labels that anybody reads in a table. */
const LABEL_MAX = 40;

/** A label as it is shown: up to its first NUL, without blanks round it, nothing in it that steers a terminal. */
export function cleanLabel(text: string): string {
  const end = text.indexOf("\0");
  const shown = [...sanitizeText(end < 0 ? text : text.slice(0, end)).trim()];
  return shown.slice(0, LABEL_MAX).join("");
}
