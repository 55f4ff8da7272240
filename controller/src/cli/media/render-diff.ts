import { renderBytes } from "@stickfarm/common/bytes";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import pc from "picocolors";
import type { MediaDiff } from "./diff-media.ts";

const DIGEST_SHOWN = 12;

/** Fields, then files, one a line: "-" only before, "+" only after, "~" changed. */
export function renderDiff(
  { before, after, fields, files }: MediaDiff,
  { color }: { readonly color: boolean },
): string {
  const fieldLines = fields.map((change) =>
    line(change, `${change.path}: ${values(change, renderValue)}`, color),
  );
  const fileLines = (files ?? []).map((change) =>
    line(change, `${change.path}: ${values(change, renderFile)}`, color),
  );
  return [
    `${before} -> ${after}: ${count(fields.length, "field")}`,
    ...fieldLines,
    ...(files === null ? [] : [count(files.length, "file"), ...fileLines]),
    "",
  ].join("\n");
}

type Change = { readonly before: unknown; readonly after: unknown };

function line(change: Change, text: string, color: boolean): string {
  const { red, green, yellow } = pc.createColors(color);
  const safe = sanitizeText(text);
  if (isAbsent(change.before)) return green(`+ ${safe}`);
  return isAbsent(change.after) ? red(`- ${safe}`) : yellow(`~ ${safe}`);
}

function values<Value>(
  { before, after }: { readonly before: Value; readonly after: Value },
  render: (value: NonNullable<Value>) => string,
): string {
  return [before, after]
    .flatMap((value) => (value === undefined || value === null ? [] : [render(value)]))
    .join(" -> ");
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function renderValue(value: unknown): string {
  return JSON.stringify(value);
}

function renderFile({
  sha256,
  sizeBytes,
}: {
  readonly sha256: string;
  readonly sizeBytes: number;
}) {
  return `${sha256.slice(0, DIGEST_SHOWN)} (${renderBytes(sizeBytes)})`;
}

function count(number: number, word: string): string {
  return `${number === 0 ? "no" : number} ${word}${number === 1 ? "" : "s"} ${number === 1 ? "differs" : "differ"}`;
}
