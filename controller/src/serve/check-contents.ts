import type { Content } from "@stickfarm/common/media/content";
import { blobsOfContent, type NamedBlob } from "@stickfarm/common/media/content-blobs";
import { type FetchPoint, LOCAL_POINT } from "@stickfarm/common/media/distribution-point";
import type { Problem } from "@stickfarm/common/problem";
import { runParallel } from "@stickfarm/common/rim/run-parallel";
import type { BlobState } from "../content/point/point-access.ts";
import type { Farm } from "./farm.ts";

/** A distribution point and what should be there. */
export type CheckTask = { readonly point: FetchPoint; readonly contents: readonly Content[] };

export type CheckedPoint = {
  readonly name: string;
  readonly contentCount: number;
  readonly fileCount: number;
  readonly faults: readonly ContentFault[];
  /** Why the rest was not looked at. */
  readonly problem: Problem | null;
};

export type ContentFault = {
  readonly content: string;
  readonly path: string;
  readonly kind: Exclude<BlobState["kind"], "whole">;
  readonly is: string;
  readonly sha256: string;
};

export type CheckOptions = {
  readonly quick: boolean;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
};

const CHECKS_AT_ONCE = 4;

/** What was copied to a point, or is in the library; `names` empty = all of it. */
export async function contentsAt(
  farm: Farm,
  point: FetchPoint,
  names: readonly string[],
): Promise<readonly Content[]> {
  const all = await farm.store.contents.list();
  const wanted = all.filter(({ name }) => names.length === 0 || names.includes(name));
  if (point.name === LOCAL_POINT.name) return wanted;
  const there = await farm.store.points.distributions(point.name);
  const noted = new Set(there.map(({ content }) => content));
  return wanted.filter(({ name }) => noted.has(name));
}

/**
 * Look at every file of these contents at a point; each different one is read once.
 *
 * Problems: canceled. A point that gives no answer is what was found, and no problem.
 */
export async function checkContents(
  farm: Farm,
  { point, contents }: CheckTask,
  options: CheckOptions,
): Promise<CheckedPoint> {
  const reader = farm.points.reader(point);
  const files = contents.flatMap((content) =>
    blobsOfContent(content).map((named) => ({ ...named, content: content.name })),
  );
  const states = new Map<string, BlobState>();
  const distinct = [...new Map(files.map(({ blob }) => [blob.sha256, blob])).values()];
  const parallel = { parallelMax: CHECKS_AT_ONCE, signal: options.signal };
  const done = await runParallel(distinct, parallel, async (blob, signal) => {
    const state = await reader.check(blob, { quick: options.quick, signal });
    if (state.ok) states.set(blob.sha256, state.value);
    options.onBytes(blob.sizeBytes);
    return state;
  });
  return {
    name: point.name,
    contentCount: contents.length,
    fileCount: files.filter(({ blob }) => states.has(blob.sha256)).length,
    faults: files.flatMap((file) => faultOf(file, states.get(file.blob.sha256))),
    problem: done.ok ? null : done.problem,
  };
}

type CheckedFile = NamedBlob & { readonly content: string };

function faultOf(file: CheckedFile, state: BlobState | undefined): readonly ContentFault[] {
  if (state === undefined || state.kind === "whole") return [];
  const { content, path, blob } = file;
  const is = "is" in state ? state.is : "";
  return [{ content, path, kind: state.kind, is, sha256: blob.sha256 }];
}
