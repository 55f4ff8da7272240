import { expect, test } from "vitest";
import { isLit, msToTurn, placeOfRead } from "./blink.ts";

test("isLit() turns every half second, when msToTurn() says", () => {
  expect([0, 499, 500, 999, 1000].map(isLit)).toEqual([true, true, false, false, true]);
  expect([0, 499, 500, 1200].map(msToTurn)).toEqual([500, 1, 500, 300]);
});

test("placeOfRead() stays inside the drive, in whole pieces, and goes on", () => {
  const pieceBytes = 131_072;
  for (const sizeBytes of [pieceBytes, 5 * pieceBytes + 512, 2 ** 36]) {
    const places = Array.from({ length: 50 }, (_, count) =>
      placeOfRead(count, { sizeBytes, pieceBytes }),
    );
    expect(
      places.every((at) => at !== null && at % pieceBytes === 0 && at + pieceBytes <= sizeBytes),
    ).toBe(true);
    expect(new Set(places).size).toBe(Math.min(50, Math.floor(sizeBytes / pieceBytes)));
  }
  expect(placeOfRead(0, { sizeBytes: 512, pieceBytes })).toBeNull();
});
