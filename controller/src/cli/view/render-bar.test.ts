import { expect, test } from "vitest";
import { renderBar } from "./render-bar.ts";

test.each([
  [0, "", "····"],
  [1 / 32, "▏", "···"],
  [0.5, "██", "··"],
  [0.6, "██▍", "·"],
  [0.999, "███▉", ""],
  [1, "████", ""],
  [1.7, "████", ""],
  [-1, "", "····"],
])("renderBar(%d) draws eighths of a column", (ratio, filled, empty) => {
  expect(renderBar(ratio, { columns: 4, utf8: true })).toEqual({ filled, empty });
});

test.each([
  [0.1, "", "...."],
  [0.5, "##", ".."],
  [0.999, "###", "."],
  [1, "####", ""],
])("renderBar(%d) draws # without UTF-8", (ratio, filled, empty) => {
  expect(renderBar(ratio, { columns: 4, utf8: false })).toEqual({ filled, empty });
});
