import { expect, test } from "vitest";
import { judgeRepairs } from "./judge-repairs.ts";

test.each([
  [0, false, null],
  [0, true, null],
  [3, true, null],
  [3, false, "3 ranges, 786432 bytes in all,"],
  [1, false, "1 range, 262144 bytes in all,"],
] as const)(
  "judgeRepairs() of %i ranges, accepted: %s",
  (repairedRanges, acceptRepaired, words) => {
    const evidence = { repairedRanges, repairedBytes: repairedRanges * 262_144 };
    const problem = judgeRepairs(evidence, { acceptRepaired });
    if (words === null) expect(problem).toBeNull();
    else
      expect(problem).toEqual({ code: "drive_repaired", detail: expect.stringContaining(words) });
  },
);
