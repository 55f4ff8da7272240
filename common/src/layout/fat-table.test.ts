import { expect, test } from "vitest";
import { renderFat } from "./fat-table.ts";

test("renderFat() links each chain and ends it, and skips empty ones", () => {
  const bytes = renderFat([1, 3, 0, 2], 512);
  const entries = new Uint32Array(bytes.buffer);
  expect(bytes.length).toBe(512);
  expect([...entries.subarray(0, 9)]).toEqual([
    0x0ffffff8, 0x0fffffff, 0x0fffffff, 4, 5, 0x0fffffff, 7, 0x0fffffff, 0,
  ]);
});

test("renderFat() grows by whole blocks", () => {
  expect(renderFat([126], 512).length).toBe(512);
  expect(renderFat([127], 512).length).toBe(1024);
  expect(renderFat([127], 4096).length).toBe(4096);
});
