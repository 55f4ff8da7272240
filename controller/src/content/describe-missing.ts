import type { Problem } from "@stickfarm/common/problem";

/** What a build needs and finds nowhere. */
export type Missing = {
  /** Names of the distribution points that were asked, in their order. */
  readonly points: readonly string[];
  readonly contents: readonly MissingContent[];
  /** Points that gave no answer at all. */
  readonly unreachable: readonly { readonly point: string; readonly problem: Problem }[];
};

export type MissingContent = {
  readonly name: string;
  /** Files that it has. */
  readonly fileCount: number;
  readonly files: readonly MissingFile[];
};

export type MissingFile = {
  readonly path: string;
  /** What the points that have something of that name have: 'damaged at "dp"'; in the order of the points. */
  readonly reasons: readonly string[];
};

/** A problem travels in the trailer of a call, which holds some KiB. */
const NAMES_UNITS_MAX = 3000;

/**
 * All that is missing, in one problem. A content that is missing whole is named without its files; more names of files
 * than fit are counted.
 */
export function describeMissing(doing: string, missing: Missing): Problem {
  const points = missing.points.map((name) => `"${name}"`).join(", ");
  let leftUnits = NAMES_UNITS_MAX;
  const contents = missing.contents.map((content) => {
    const text = describeContent(content, leftUnits);
    leftUnits -= text.length;
    return text;
  });
  const unreachable = missing.unreachable.map(
    ({ point, problem }) => `"${point}" gives no answer (${problem.detail})`,
  );
  const detail = `${doing}: on none of its distribution points (${points}) is ${contents.join("; ")}`;
  return { code: "content_missing", detail: [detail, ...unreachable].join("; ") };
}

function describeContent({ name, fileCount, files }: MissingContent, unitsMax: number): string {
  const isWhole = files.length === fileCount && files.every(({ reasons }) => reasons.length === 0);
  if (isWhole)
    return `content "${name}" (${fileCount === 1 ? "1 file" : `all ${fileCount} files`})`;
  const named: string[] = [];
  let units = 0;
  for (const { path, reasons } of files) {
    const text = reasons.length === 0 ? `"${path}"` : `"${path}" (${reasons.join(", ")})`;
    units += text.length + 2;
    if (units > unitsMax) break;
    named.push(text);
  }
  const more = files.length - named.length;
  const rest = more === 0 ? [] : [`${more} more`];
  return `content "${name}" (${files.length} of ${fileCount} files: ${[...named, ...rest].join(", ")})`;
}
