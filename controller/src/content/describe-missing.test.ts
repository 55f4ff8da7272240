import { expect, test } from "vitest";
import { describeMissing } from "./describe-missing.ts";

const file = (path: string, ...reasons: string[]) => ({ path, reasons });

test("describeMissing() names every content, its files and the points, in one sentence", () => {
  const missing = {
    points: ["dp-oslo", "dp-bergen"],
    contents: [
      { name: "tools", fileCount: 2, files: [file("a"), file("b")] },
      {
        name: "winpe",
        fileCount: 400,
        files: [file("sources/boot.wim"), file("x", 'it has 1 bytes, must have 2 at "dp-oslo"')],
      },
      { name: "disk", fileCount: 1, files: [file("disk")] },
    ],
    unreachable: [
      {
        point: "dp-bergen",
        problem: { code: "point_unreachable", detail: "Cannot check: connect ECONNREFUSED" },
      },
    ],
  } as const;
  expect(describeMissing('Cannot build "hq@3"', missing)).toEqual({
    code: "content_missing",
    detail:
      'Cannot build "hq@3": on none of its distribution points ("dp-oslo", "dp-bergen") is content "tools" (all 2 files); ' +
      'content "winpe" (2 of 400 files: "sources/boot.wim", "x" (it has 1 bytes, must have 2 at "dp-oslo")); ' +
      'content "disk" (1 file); "dp-bergen" gives no answer (Cannot check: connect ECONNREFUSED)',
  });
});

test("describeMissing() names every content, however many files there are", () => {
  const files = Array.from({ length: 20_000 }, (_, index) => file(`folder/file-${index}`));
  const contents = ["a", "b", "c"].map((name) => ({ name, fileCount: 30_000, files }));
  const { detail } = describeMissing("Cannot build", { points: ["dp"], contents, unreachable: [] });
  expect(detail.length).toBeLessThan(4000);
  for (const { name } of contents)
    expect(detail).toMatch(new RegExp(`content "${name}" \\(20000 of 30000 files: .*\\d+ more\\)`));
});
