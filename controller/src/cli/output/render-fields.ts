import { sanitizeText } from "@stickfarm/common/sanitize-text";

/** One thing as a person reads it: a name and a value a line. Fields without a value are left out. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string | number | null])[],
): string {
  const shown = fields.filter(([, value]) => value !== null && value !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown
    .map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${sanitizeText(String(value))}\n`)
    .join("");
}

/** "2026-11-22T09:00:00Z"; empty for no time. */
export function renderTime(atMs: number | null): string {
  return atMs === null || atMs === 0 ? "" : `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
