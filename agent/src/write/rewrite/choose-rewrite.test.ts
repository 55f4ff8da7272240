import { expect, test } from "vitest";
import { breakEven, type Observed, paysToCompare } from "./choose-rewrite.ts";

const MIB = 1024 * 1024;
const NOTHING: Observed = {
  proof: "compared",
  read: { bytes: 0, ms: 0 },
  written: { bytes: 0, ms: 0 },
  behind: { same: 0, other: 0 },
  ahead: { same: 0, other: 0 },
};
/** 100 MB/s read. */
const READ = { bytes: 100_000_000, ms: 1000 };
const writes = (megabytesPerSecond: number) => ({
  bytes: 20_000_000,
  ms: 20_000 / megabytesPerSecond,
});
const samples = (same: number, other: number): Partial<Observed> => ({ ahead: { same, other } });
const pays = (observed: Partial<Observed>): boolean => paysToCompare({ ...NOTHING, ...observed });

test.each([
  [20, 100, 0.833, 0.8],
  [8, 30, 0.789, 0.733],
  [300, 400, 0.571, 0.25],
  [100, 100, 0.5, 0],
])("breakEven() of a stick that writes %d and reads %d MB/s", (write, read, compared, readBack) => {
  expect(breakEven(write / read, "compared")).toBeCloseTo(compared, 3);
  expect(breakEven(write / read, "read-back")).toBeCloseTo(readBack, 3);
});

test("breakEven() is where both ways take the same time", () => {
  const [write, read] = [20, 100];
  for (const proof of ["compared", "read-back"] as const) {
    const changed = breakEven(write / read, proof);
    const comparing = 1 / read + changed / write + (proof === "compared" ? changed : 1) / read;
    expect(comparing).toBeCloseTo(1 / write + 1 / read, 12);
  }
});

test("paysToCompare() begins to compare while it knows nothing", () => {
  expect(pays({})).toBe(true);
});

test("paysToCompare() compares up to the break-even of its proof and not beyond", () => {
  expect(pays(samples(2, 8))).toBe(true);
  expect(pays(samples(1, 9))).toBe(false);
  expect(pays({ ...samples(3, 9), proof: "read-back" })).toBe(true);
  expect(pays({ ...samples(2, 8), proof: "read-back" })).toBe(false);
});

test("paysToCompare() goes by this stick's own speeds once enough went through", () => {
  const fast = { ...samples(4, 6), read: READ };
  expect(pays(fast)).toBe(true);
  expect(pays({ ...fast, written: writes(100) })).toBe(false);
  expect(pays({ ...fast, written: { bytes: 2 * MIB, ms: 20 } })).toBe(true);
  expect(pays({ ...samples(1, 19), read: READ, written: writes(4) })).toBe(true);
  expect(pays({ ...samples(1, 19), read: READ, written: writes(20) })).toBe(false);
});

test("paysToCompare() is not put off by a changed beginning when what lies ahead is the same", () => {
  expect(pays({ ...samples(16, 0), behind: { same: 0, other: 500 * MIB } })).toBe(true);
  expect(pays({ ...samples(0, 16), behind: { same: 500 * MIB, other: 0 } })).toBe(true);
  expect(pays({ ...samples(0, 17), behind: { same: 500 * MIB, other: 0 } })).toBe(false);
});

test("paysToCompare() believes what it saw where it has no samples, and not too early", () => {
  expect(pays({ behind: { same: 0, other: 31 * MIB } })).toBe(true);
  expect(pays({ behind: { same: 0, other: 32 * MIB } })).toBe(false);
});
