import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderJson, renderJsonLine, renderYaml } from "./render-document.ts";

const NASTY = {
  serial: "A1\u001b[2J\u202e",
  lines: "a\nb\n",
  none: undefined,
  list: [undefined, 1],
};
const PLAIN = { serial: "A1\u001b[2J\u202e", lines: "a\nb\n", none: null, list: [null, 1] };

test.each([
  ["renderJson()", renderJson, (text: string) => JSON.parse(text)],
  ["renderJsonLine()", renderJsonLine, (text: string) => JSON.parse(text)],
  ["renderYaml()", renderYaml, (text: string) => parse(text)],
])("%s gives every value back and keeps the terminal untouched", (_, render, read) => {
  const text = render(NASTY);
  expect(read(text)).toEqual(PLAIN);
  expect(text).not.toMatch(/[^\P{C}\n]/u);
  expect(text.endsWith("\n")).toBe(true);
});

test("renderJsonLine() takes one line", () => {
  expect(renderJsonLine(NASTY).split("\n")).toHaveLength(2);
});

test("renderYaml() writes the same object twice, not once with an alias", () => {
  const blob = { sha256: "ab" };
  expect(renderYaml({ stored: blob, expanded: blob })).toBe(
    "stored:\n  sha256: ab\nexpanded:\n  sha256: ab\n",
  );
});
