import type { Content } from "@stickfarm/common/media/content";
import { blobsOfContent, type NamedBlob } from "@stickfarm/common/media/content-blobs";
import type { MediaDefinition } from "@stickfarm/common/media/definition";
import { type FetchPoint, LOCAL_POINT } from "@stickfarm/common/media/distribution-point";
import type { Problem } from "@stickfarm/common/problem";
import { ok, type Result } from "@stickfarm/common/result";
import { runParallel } from "@stickfarm/common/rim/run-parallel";
import type { Missing } from "../content/describe-missing.ts";
import type { BlobState, PointReader } from "../content/point/point-access.ts";
import type { Farm } from "./farm.ts";

const CHECKS_AT_ONCE = 8;

/**
 * What of these contents is on none of the definition's distribution points, or may not be read there; `null`: nothing.
 * Sizes are compared, not digests: agents do that, and fall over to the next point.
 */
export async function findMissing(
  farm: Farm,
  definition: MediaDefinition,
  contents: readonly Content[],
): Promise<Missing | null> {
  const points = await placePoints(farm, definition.spec.distributionPoints);
  const unreachable: { readonly point: string; readonly problem: Problem }[] = [];
  let wanted: readonly Wanted[] = wantedOf(contents);
  for (const point of points) {
    const checked = await checkAll(farm.points.reader(point), wanted);
    if (checked.ok) wanted = checked.value;
    else unreachable.push({ point: point.name, problem: checked.problem });
    if (wanted.length === 0) return null;
  }
  return {
    points: definition.spec.distributionPoints,
    contents: contents.flatMap((content) => {
      const files = wanted
        .filter(({ content: name }) => name === content.name)
        .map(({ path, reasons }) => ({ path, reasons }));
      const fileCount = blobsOfContent(content).length;
      return files.length === 0 ? [] : [{ name: content.name, fileCount, files }];
    }),
    unreachable,
  };
}

/** The points of these names that there are; what is not known any more is left out. */
export async function placePoints(
  farm: Farm,
  names: readonly string[],
): Promise<readonly FetchPoint[]> {
  const known = new Map((await farm.store.points.list()).map((point) => [point.name, point]));
  return names.flatMap((name) => {
    if (name === LOCAL_POINT.name) return [LOCAL_POINT];
    const place = known.get(name)?.place;
    return place === undefined ? [] : [{ name, place }];
  });
}

type Wanted = NamedBlob & { readonly content: string; readonly reasons: readonly string[] };

function wantedOf(contents: readonly Content[]): readonly Wanted[] {
  return contents.flatMap((content) =>
    blobsOfContent(content).map((named) => ({ ...named, content: content.name, reasons: [] })),
  );
}

/** Those that this point has not got either. Problems: point_unreachable. */
async function checkAll(
  reader: PointReader,
  wanted: readonly Wanted[],
): Promise<Result<readonly Wanted[]>> {
  const options = { parallelMax: CHECKS_AT_ONCE };
  const states = await runParallel(wanted, options, ({ blob }, signal) =>
    reader.check(blob, { quick: true, signal }),
  );
  if (!states.ok) return states;
  return ok(
    wanted.flatMap((one, index) => {
      const state: BlobState = states.value[index] ?? { kind: "missing" };
      if (state.kind === "whole") return [];
      if (state.kind === "missing") return [one];
      return [{ ...one, reasons: [...one.reasons, `${state.is} at "${reader.name}"`] }];
    }),
  );
}
