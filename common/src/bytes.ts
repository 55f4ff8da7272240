import { fail, ok, type Result } from "./result.ts";

/** The one place where bytes turn into KiB…TiB and back. */
export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
export const TIB = 1024 * GIB;

const UNITS: readonly (readonly [string, number])[] = [
  ["TiB", TIB],
  ["GiB", GIB],
  ["MiB", MIB],
  ["KiB", KIB],
];

const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KiB: KIB,
  MiB: MIB,
  GiB: GIB,
  TiB: TIB,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** "1.5 GiB": three figures at most, the unit chosen by size. */
export function renderBytes(bytes: number): string {
  for (const [unit, factor] of UNITS) {
    if (bytes >= factor) return `${trim(bytes / factor)} ${unit}`;
  }
  return `${bytes} B`;
}

/** "21.4 MB/s": decimal, as makers of sticks print it. */
export function renderRate(bytesPerSecond: number): string {
  return `${trim(bytesPerSecond / 1e6)} MB/s`;
}

/** "2GiB", "16GB", "512": a whole number of bytes, at least 1. */
export function parseBytes(text: string): Result<number> {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim());
  const factor = FACTORS[match?.[2] ?? "?"];
  if (match?.[1] === undefined || factor === undefined) {
    return fail({
      code: "usage",
      detail: `Cannot read the size "${text}": it must be a number with B, KiB, MiB, GiB, TiB, kB, MB, GB or TB`,
    });
  }
  const bytes = Number(match[1]) * factor;
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    return fail({
      code: "usage",
      detail: `Cannot read the size "${text}": it must be a whole number of bytes, at least 1`,
    });
  }
  return ok(bytes);
}

function trim(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
