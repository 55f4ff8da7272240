import type { Content } from "@stickfarm/common/media/content";
import { blobsOfContent } from "@stickfarm/common/media/content-blobs";
import {
  type DistributionPoint,
  type FetchPoint,
  LOCAL_POINT,
} from "@stickfarm/common/media/distribution-point";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { problemToWire } from "@stickfarm/common/wire/problem";
import type {
  CheckContentsRequest,
  CheckContentsResponse,
  DistributeContentRequest,
  DistributeContentResponse,
} from "@stickfarm/proto/stickfarm/v1/operator";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import { contentUnknown } from "./answer-contents.ts";
import { localStays, pointUnknown } from "./answer-points.ts";
import { type CheckedPoint, type CheckTask, checkContents, contentsAt } from "./check-contents.ts";
import { distributeContent } from "./distribute-content.ts";
import type { Farm } from "./farm.ts";
import { placePoints } from "./find-missing.ts";
import { tellProgress } from "./tell-progress.ts";

type Answers = Pick<OperatorAnswers, "distributeContent" | "checkContents">;

export function answerDistribution(farm: Farm): Answers {
  /** Points that are being copied to: two at once would write the same files. */
  const busy = new Set<string>();
  return {
    distributeContent: async (request, signal) => {
      const found = await findBoth(farm, request);
      if (!found.ok) return found;
      const { content, point } = found.value;
      if (busy.has(point.name))
        return fail({
          code: "point_busy",
          detail: `Cannot copy content "${content.name}" to distribution point "${point.name}": something else is being copied there`,
        });
      busy.add(point.name);
      const totalBytes = sizeOf([content]);
      let doneBytes = 0;
      const onBytes = (count: number): void => {
        doneBytes += count;
      };
      const current = (): DistributeContentResponse => ({
        doneBytes,
        totalBytes,
        distributed: undefined,
      });
      const names = { content: content.name, point: point.name };
      const work: Promise<Result<DistributeContentResponse>> = distributeContent(farm, {
        content,
        point,
        signal,
        onBytes,
      })
        .then((done) =>
          done.ok ? ok({ ...current(), distributed: { ...names, ...done.value } }) : done,
        )
        .finally(() => busy.delete(point.name));
      return ok(tellProgress(work, current));
    },
    checkContents: async (request, signal) => {
      const tasks = await findTasks(farm, request);
      if (!tasks.ok) return tasks;
      const totalBytes = tasks.value.reduce((sum, { contents }) => sum + sizeOf(contents), 0);
      let doneBytes = 0;
      const onBytes = (count: number): void => {
        doneBytes += count;
      };
      const current = (): CheckContentsResponse => ({
        doneBytes,
        totalBytes,
        checked: undefined,
      });
      const options = { quick: request.quick, signal, onBytes };
      const checkAll = async (): Promise<Result<CheckContentsResponse>> => {
        const points: CheckedPoint[] = [];
        for (const task of tasks.value) points.push(await checkContents(farm, task, options));
        return ok({ ...current(), checked: { points: points.map(checkedToWire) } });
      };
      return ok(tellProgress(checkAll(), current));
    },
  };
}

async function findBoth(
  farm: Farm,
  request: DistributeContentRequest,
): Promise<Result<{ readonly content: Content; readonly point: DistributionPoint }>> {
  if (request.point === LOCAL_POINT.name) return fail(localStays("copy to"));
  const point = await farm.store.points.find(request.point);
  if (point === null) return fail(pointUnknown("copy to", request.point));
  const content = await farm.store.contents.find(request.content);
  if (content === null) return fail(contentUnknown("copy", request.content));
  return ok({ content, point });
}

async function findTasks(
  farm: Farm,
  { points, contents }: CheckContentsRequest,
): Promise<Result<readonly CheckTask[]>> {
  for (const name of contents) {
    if ((await farm.store.contents.find(name)) === null) return fail(contentUnknown("check", name));
  }
  const names =
    points.length > 0 ? points : (await farm.store.points.list()).map(({ name }) => name);
  const placed: readonly FetchPoint[] = await placePoints(farm, names);
  const unknown = names.find((name) => !placed.some((point) => point.name === name));
  if (unknown !== undefined) return fail(pointUnknown("check", unknown));
  const tasks: CheckTask[] = [];
  for (const point of placed)
    tasks.push({ point, contents: await contentsAt(farm, point, contents) });
  return ok(tasks);
}

/** Of what a point holds, each different file once. */
function sizeOf(contents: readonly Content[]): number {
  const blobs = contents.flatMap((content) => blobsOfContent(content).map(({ blob }) => blob));
  const distinct = new Map(blobs.map(({ sha256, sizeBytes }) => [sha256, sizeBytes]));
  return [...distinct.values()].reduce((sum, sizeBytes) => sum + sizeBytes, 0);
}

function checkedToWire({ faults, problem, ...counts }: CheckedPoint) {
  return {
    ...counts,
    faults: faults.map((fault) => ({ ...fault })),
    problem: problem === null ? undefined : problemToWire(problem),
  };
}
