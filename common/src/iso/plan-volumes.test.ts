import { expect, test } from "vitest";
import { type DiscFile, planVolumes, type VolumePlan } from "./plan-volumes.ts";

const MB = 1_000_000;
const PLAN: VolumePlan = {
  files: [],
  emptyDirectories: [],
  volumeBytes: 10 * MB,
  bootBytes: 0,
  stampBytes: 0,
};

test("planVolumes() puts everything on one disc when there is room, and when there is no bound", () => {
  const files = [file("a", 3 * MB), file("b", 3 * MB)];
  expect(paths({ files })).toEqual([["a", "b"]]);
  const many = [file("a", 300 * MB), file("b", 3_000_000 * MB)];
  expect(paths({ files: many, volumeBytes: null })).toEqual([["a", "b"]]);
  expect(paths({})).toEqual([[]]);
});

test("planVolumes() fills the first disc that has room, in the order of the paths", () => {
  const files = [file("a", 6 * MB), file("b", 7 * MB), file("c", 2 * MB), file("d", 1 * MB)];
  expect(paths({ files })).toEqual([
    ["a", "c"],
    ["b", "d"],
  ]);
});

test("planVolumes() keeps on the first disc what starts a computer, and on each what each needs", () => {
  const files = [
    file("a", 6 * MB),
    file("boot/wim", 5 * MB, "first"),
    file("every.json", 100, "every"),
    file("z", 6 * MB),
  ];
  expect(paths({ files, emptyDirectories: ["logs/old"] })).toEqual([
    ["boot/wim", "every.json"],
    ["a", "every.json"],
    ["every.json", "z"],
  ]);
  const planned = planVolumes({ ...PLAN, files, emptyDirectories: ["logs/old"] });
  expect(planned.ok && planned.value.map((volume) => volume.emptyDirectories)).toEqual([
    ["logs/old"],
    [],
    [],
  ]);
});

test("planVolumes() leaves room for boot images on the first and for our files on each", () => {
  const files = [file("a", 4 * MB), file("b", 4 * MB)];
  expect(paths({ files })).toEqual([["a", "b"]]);
  expect(paths({ files, bootBytes: 2 * MB })).toEqual([["a"], ["b"]]);
  expect(paths({ files, stampBytes: 2 * MB })).toEqual([["a"], ["b"]]);
});

test("planVolumes() names a file that fits on no disc", () => {
  expect(planVolumes({ ...PLAN, files: [file("a", 1), file("big.wim", 10 * MB)] })).toEqual({
    ok: false,
    problem: {
      code: "volume_too_small",
      detail:
        'Cannot put "big.wim" on a disc of 10000000 bytes (9.54 MiB): it has 10000000 bytes (9.54 MiB), it must fit on one beside what every disc carries',
    },
  });
});

test("planVolumes() says when what starts a computer does not fit on the first", () => {
  const files = [file("EFI/a", 5 * MB, "first"), file("boot.wim", 5 * MB, "first")];
  expect(planVolumes({ ...PLAN, files })).toMatchObject({
    problem: {
      code: "volume_too_small",
      detail: expect.stringMatching(
        /^Cannot make discs of 10000000 bytes .* on the first and has 110\d{5} bytes/,
      ),
    },
  });
});

function file(path: string, sizeBytes: number, where: DiscFile["where"] = "anywhere"): DiscFile {
  return { path, where, blob: { sha256: path, sizeBytes }, modifiedAtMs: 0 };
}

function paths(plan: Partial<VolumePlan>): readonly (readonly string[])[] {
  const planned = planVolumes({ ...PLAN, ...plan });
  if (!planned.ok) throw new Error(planned.problem.detail);
  return planned.value.map(({ files }) => files.map(({ path }) => path));
}
