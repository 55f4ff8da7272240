import { GIB, MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { judgeMemory } from "./judge-memory.ts";

test.each([
  [1, 260],
  [8, 680],
])("judgeMemory() gives an agent with %i active drives %i MiB", (drives, max) => {
  const row = {
    drives,
    imageBytes: GIB,
    proportionalBytes: max * MIB,
    residentBytes: max * MIB + 1,
  };
  const [once, each] = judgeMemory(row);
  expect(once).toMatchObject({ value: max, max, reached: true, binds: "" });
  expect(once?.bar).toBe(
    `1.00 GiB onto ${drives === 1 ? "1 drive" : "8 drives"}: peak MiB, shared pages once`,
  );
  expect(each).toMatchObject({ reached: false });
});
