import type { Problem } from "../problem.ts";
import { sanitizeText } from "../sanitize-text.ts";

/** As long as a bay's own name may be. */
const LENGTH_MAX = 32;

/**
 * Why a bay cannot be called so; `null` when it can. A label may be typed wherever a bay is named, so it has the form of
 * one, and hides nothing that a terminal would obey.
 *
 * Problems: label_invalid.
 */
export function whyNotLabel(label: string): Problem | null {
  const why = findFault(label);
  return why === null
    ? null
    : { code: "label_invalid", detail: `Cannot call a bay ${JSON.stringify(label)}: ${why}` };
}

function findFault(label: string): string | null {
  if (label.length === 0 || [...label].length > LENGTH_MAX)
    return `it has ${[...label].length} characters, it must have 1 to ${LENGTH_MAX}`;
  if (label.trim() !== label) return "it begins or ends with a blank";
  if (label.includes("/")) return 'it holds "/", which stands between agent and bay';
  return sanitizeText(label) === label ? null : "it holds characters that cannot be seen";
}
