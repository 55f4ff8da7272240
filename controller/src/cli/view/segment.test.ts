import { expect, test } from "vitest";
import { renderLine, type Segment } from "./segment.ts";

const SEGMENTS: readonly Segment[] = [
  { text: "ws-1/1  ", tone: "plain" },
  { text: "write  ", tone: "busy" },
  { text: "   ", tone: "plain" },
];

test("renderLine() joins segments and leaves no blanks at the end", () => {
  expect(renderLine(SEGMENTS, { columns: 80, color: false, mark: "…" })).toBe("ws-1/1  write");
});

test("renderLine() colors each segment by its tone", () => {
  expect(renderLine(SEGMENTS, { columns: 80, color: true, mark: "…" })).toBe(
    "ws-1/1  \u001b[36mwrite\u001b[39m",
  );
});

test.each([
  [13, "ws-1/1  write"],
  [12, "ws-1/1  wri…"],
  [8, "ws-1/1  "],
  [4, "ws-…"],
])("renderLine() at %i columns is %j", (columns, line) => {
  expect(renderLine(SEGMENTS, { columns, color: false, mark: "…" })).toBe(line);
});
