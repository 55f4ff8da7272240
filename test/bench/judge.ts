import { GIB, MIB } from "@stickfarm/common/bytes";
import type { Row } from "./results.ts";

export type Verdict = {
  readonly bar: string;
  readonly value: number;
  readonly max: number;
  readonly reached: boolean;
};

/** What must be reached, for each row that is not the peer's. */
export function judge(rows: readonly Row[]): Verdict[] {
  return rows
    .filter(({ method }) => method !== "dd + cmp")
    .flatMap((row) => {
      const name = `${row.method}, ${row.targets} x ${row.place}`;
      return [
        verdict(`${name}: wall / dd + cmp`, row.wallRatio, wallMax(row)),
        verdict(`${name}: CPU / dd + cmp`, row.cpuRatio, 0.7),
        verdict(`${name}: peak memory, GiB`, row.peakBytes / GIB, peakMax(row) / GIB),
      ];
    });
}

function wallMax({ place, targets }: Row): number {
  if (targets < 4) return 0.7;
  return place === "loop" ? 0.5 : 0.8;
}

function peakMax({ targets }: Row): number {
  return (300 + 60 * targets) * MIB;
}

function verdict(bar: string, value: number, max: number): Verdict {
  return { bar, value, max, reached: value <= max };
}
