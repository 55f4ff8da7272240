import type { GroupResult, Place, Run } from "./results.ts";
import type { Scratch } from "./scratch.ts";

/** What every group of rows is run with. */
export type Bench = {
  readonly scratch: Scratch;
  /** Small and few: shows that it works, not how fast it is. */
  readonly quick: boolean;
  readonly rounds: number;
  /** `null`: those of the group. */
  readonly targets: readonly number[] | null;
  readonly places: readonly Place[];
  /** Install peers that are missing. */
  readonly install: boolean;
  readonly say: (line: string) => void;
  /** Told of each setting as it ends: a run that is broken off has shown what it measured until then. */
  readonly show: (run: Run) => void;
};

/** A part of the table that can be run alone. */
export type Group = {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<GroupResult>;
};
