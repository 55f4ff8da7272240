import type { TreeFile } from "../media/manifest.ts";
import { OUR_FOLDER } from "../media/stick-path.ts";
import type { Problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import type { VolumeJson } from "./volume-json.ts";

/** A disc as it was read. */
export type ReadDisc<File extends TreeFile> = {
  /** As a problem names it. */
  readonly path: string;
  readonly files: readonly File[];
  readonly emptyDirectories: readonly string[];
  /** `null`: it is no disc of ours. */
  readonly volume: VolumeJson | null;
};

export type MergedDiscs<File extends TreeFile> = {
  /** Sorted by path. */
  readonly files: readonly File[];
  readonly emptyDirectories: readonly string[];
};

/**
 * The discs of a set as one tree again, without what each of ours says about itself.
 *
 * Problems: iso_set_incomplete, when one of a set is missing, is there twice or belongs to another; iso_mismatch, when a
 *           file is not what its disc lists; names_collide, when foreign discs have different files in one place.
 */
export function mergeDiscs<File extends TreeFile>(
  discs: readonly ReadDisc<File>[],
): Result<MergedDiscs<File>> {
  const problem = whyNoSet(discs) ?? whyDamaged(discs);
  if (problem !== null) return fail(problem);
  const isOurs = discs.some(({ volume }) => volume !== null);
  const files = new Map<string, File>();
  for (const disc of discs) {
    for (const file of disc.files) {
      if (isOurs && file.path.startsWith(`${OUR_FOLDER}/`)) continue;
      const other = files.get(file.path);
      if (other !== undefined && other.blob.sha256 !== file.blob.sha256) {
        const detail = `Cannot merge "${disc.path}": another disc has a different ${JSON.stringify(file.path)}`;
        return fail({ code: "names_collide", detail });
      }
      files.set(file.path, file);
    }
  }
  const paths = [...files.keys()];
  const emptyDirectories = new Set(discs.flatMap((disc) => disc.emptyDirectories));
  return ok({
    files: paths.sort().flatMap((path) => files.get(path) ?? []),
    emptyDirectories: [...emptyDirectories]
      .filter((directory) => !paths.some((path) => path.startsWith(`${directory}/`)))
      .sort(),
  });
}

function whyNoSet<File extends TreeFile>(discs: readonly ReadDisc<File>[]): Problem | null {
  const numbered = discs.filter(({ volume }) => volume !== null);
  const first = numbered[0]?.volume;
  if (first === undefined || first === null) return null;
  const names = discs.map(({ path }) => `"${path}"`).join(", ");
  const incomplete = (why: string): Problem => ({
    code: "iso_set_incomplete",
    detail: `Cannot read the discs ${names}: ${why}`,
  });
  const { manifestSha256, of } = first;
  const isSame = discs.every(
    ({ volume }) => volume?.manifestSha256 === manifestSha256 && volume.of === of,
  );
  if (!isSame) return incomplete("they are of different sets, must be of one");
  const given = discs.map(({ volume }) => volume?.volume);
  if (new Set(given).size < given.length) return incomplete("one of them is given twice");
  const missing = Array.from({ length: of }, (_, index) => index + 1).filter(
    (number) => !given.includes(number),
  );
  if (missing.length === 0) return null;
  return incomplete(`of a set of ${of}, number ${missing.join(", ")} is missing`);
}

function whyDamaged<File extends TreeFile>(discs: readonly ReadDisc<File>[]): Problem | null {
  for (const { path, files, volume } of discs) {
    const found = new Map(files.map((file) => [file.path, file.blob.sha256]));
    const wrong = volume?.files.find((listed) => found.get(listed.path) !== listed.sha256);
    if (wrong === undefined) continue;
    const is = found.get(wrong.path) ?? "not there";
    const detail = `Cannot use "${path}": its ${JSON.stringify(wrong.path)} is ${is}, must be ${wrong.sha256}`;
    return { code: "iso_mismatch", detail };
  }
  return null;
}
