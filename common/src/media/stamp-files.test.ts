import { expect, test } from "vitest";
import { largestStampFiles, stampFiles } from "./stamp-files.ts";

test("largestStampFiles() names the same files as stampFiles(), none of them smaller", () => {
  const manifest = new Uint8Array(300);
  const real = stampFiles({
    manifest,
    manifestSignature: new Uint8Array(64),
    passport: new Uint8Array(700),
    passportSignature: new Uint8Array(64),
    orderedAtMs: 5,
  });
  const largest = largestStampFiles(manifest);
  expect(largest.map(({ path }) => path)).toEqual(real.map(({ path }) => path));
  for (const [index, file] of real.entries())
    expect(largest[index]?.bytes.length).toBeGreaterThanOrEqual(file.bytes.length);
});
