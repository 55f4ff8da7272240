import pc from "picocolors";
import stringWidth from "string-width";
import { cutText } from "./fit-text.ts";

/** A piece of a line and how loudly it is said. Lines are measured before they are colored. */
export type Segment = { readonly text: string; readonly tone: Tone };

export type Tone = "plain" | "strong" | "faint" | "busy" | "good" | "bad" | "idle";

/** The segments as one line that is no wider than `columns`. */
export function renderLine(
  segments: readonly Segment[],
  options: { readonly columns: number; readonly color: boolean; readonly mark: string },
): string {
  const { columns, color, mark } = options;
  const paint = createPaint(color);
  let line = "";
  let left = columns;
  for (const { text, tone } of trimEnd(segments)) {
    const width = stringWidth(text);
    line += paint[tone](width <= left ? text : cutText(text, left, mark));
    left -= width;
    if (left < 0) break;
  }
  return line;
}

function trimEnd(segments: readonly Segment[]): readonly Segment[] {
  const last = segments.findLastIndex(({ text }) => text.trim() !== "");
  return segments
    .slice(0, last + 1)
    .map((segment, index) =>
      index === last ? { ...segment, text: segment.text.trimEnd() } : segment,
    );
}

function createPaint(color: boolean): Readonly<Record<Tone, (text: string) => string>> {
  const { bold, dim, cyan, green, red, yellow } = pc.createColors(color);
  return {
    plain: (text) => text,
    strong: bold,
    faint: dim,
    busy: cyan,
    good: green,
    bad: red,
    idle: yellow,
  };
}
