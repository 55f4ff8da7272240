import { expect, test } from "vitest";
import { renderStep } from "./progress-line.ts";

const STEP = { doing: "hashing", doneBytes: 540 * 1024 ** 2, totalBytes: 1200 * 1024 ** 2 };
const LOOK = { columns: 90, utf8: true, tookMs: 2000 };

test.each([
  [90, "hashing  █████████████▌················   45.0%  540 MiB of 1.17 GiB  283 MB/s"],
  [60, "hashing  █████▍······   45.0%  540 MiB of 1.17 GiB  283 MB/s"],
  [50, "hashing   45.0%  540 MiB of 1.17 GiB  283 MB/s"],
  [20, "hashing   45.0%  540"],
])("renderStep() at %i columns", (columns, line) => {
  expect(renderStep(STEP, { ...LOOK, columns })).toBe(line);
});

test("renderStep() of an unknown total counts only", () => {
  expect(renderStep({ ...STEP, totalBytes: null }, LOOK)).toBe("hashing  540 MiB  283 MB/s");
});

test("renderStep() draws with ASCII where the locale has no UTF-8", () => {
  expect(renderStep(STEP, { ...LOOK, utf8: false })).toMatch(/^[ -~]+$/);
});

test("renderStep() knows no rate before time has passed", () => {
  expect(renderStep(STEP, { ...LOOK, tookMs: 0 })).not.toContain("/s");
});
