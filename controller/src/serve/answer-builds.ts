import { buildCan } from "@stickfarm/common/build/build-actions";
import { deriveBuildState } from "@stickfarm/common/build/build-state";
import type { Identity } from "@stickfarm/common/identity";
import { requireGrant } from "@stickfarm/common/require-grant";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { logLineToWire } from "@stickfarm/common/wire/build-log";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import { eachOk } from "../grpc/server-stream.ts";
import type { BuildEntry } from "../store/build-entries.ts";
import type { Farm } from "./farm.ts";
import { planMedia, viewPlan } from "./plan-media.ts";
import { startBuild } from "./start-build.ts";
import { viewBuild } from "./view-build.ts";
import { watchBuild } from "./watch-build.ts";

const BUILDS_LISTED_MAX = 100;
const LOG_LINES_MAX = 500;

type Answers = Pick<
  OperatorAnswers,
  | "plan"
  | "startBuild"
  | "watchBuild"
  | "listBuilds"
  | "getBuild"
  | "getBuildLog"
  | "cancelBuild"
  | "retryBuild"
>;

export function answerBuilds(farm: Farm): Answers {
  return {
    plan: async (request) => {
      const plan = await planMedia(farm, request);
      return plan.ok ? ok(viewPlan(plan.value)) : plan;
    },
    startBuild: async (request, caller) => {
      const started = await startBuild(farm, request, caller);
      if (!started.ok) return started;
      const { build, repeated } = started.value;
      return ok({ build: await viewBuild(farm, build), repeatedRequest: repeated });
    },
    watchBuild: async ({ buildId }, signal) => {
      const build = await findBuild(farm, buildId);
      return build.ok ? ok(eachOk(watchBuild(farm, build.value.buildId, signal))) : build;
    },
    listBuilds: async () => {
      const builds = await farm.store.builds.list(BUILDS_LISTED_MAX);
      return ok({ builds: await Promise.all(builds.map((build) => viewBuild(farm, build))) });
    },
    getBuild: async ({ buildId }) => {
      const build = await findBuild(farm, buildId);
      return build.ok ? ok({ build: await viewBuild(farm, build.value) }) : build;
    },
    getBuildLog: async ({ buildId, after }) => {
      const build = await findBuild(farm, buildId);
      if (!build.ok) return build;
      const part = { after, most: LOG_LINES_MAX + 1 };
      const lines = await farm.store.builds.log(build.value.buildId, part);
      return ok({
        buildId: build.value.buildId,
        lines: lines.slice(0, LOG_LINES_MAX).map(logLineToWire),
        more: lines.length > LOG_LINES_MAX,
      });
    },
    cancelBuild: async ({ buildId }) => {
      const build = await findBuild(farm, buildId);
      if (!build.ok) return build;
      await cancel(farm, build.value.buildId);
      return ok({ build: await viewBuild(farm, await again(farm, build.value)) });
    },
    retryBuild: async ({ buildId }, caller) => {
      const build = await findBuild(farm, buildId);
      if (!build.ok) return build;
      const retried = await retry(farm, build.value, caller);
      if (!retried.ok) return retried;
      return ok({ build: await viewBuild(farm, await again(farm, build.value)) });
    },
  };
}

/** Empty id = the newest. */
async function findBuild(farm: Farm, buildId: string): Promise<Result<BuildEntry>> {
  const build = await farm.store.builds.find(buildId);
  if (build !== null) return ok(build);
  const which = buildId === "" ? "There is no build yet" : `Cannot find build "${buildId}"`;
  return fail({ code: "build_unknown", detail: which });
}

async function again(farm: Farm, build: BuildEntry): Promise<BuildEntry> {
  return (await farm.store.builds.find(build.buildId)) ?? build;
}

/** What waits is withdrawn by the scheduler; what runs is stopped by its agent, unless it seals already. */
async function cancel(farm: Farm, buildId: string): Promise<void> {
  await farm.store.builds.requestCancel(buildId, farm.nowMs());
  for (const { jobId, agent, state } of await farm.store.builds.jobs(buildId)) {
    if (state.kind !== "assigned" && state.kind !== "running") continue;
    const { attempt, fence } = state;
    farm.sessions.find(agent)?.send({ $case: "cancelAttempt", value: { jobId, attempt, fence } });
  }
  farm.log.info({ buildId }, "build canceled");
  farm.changed.raise();
}

async function retry(farm: Farm, build: BuildEntry, caller: Identity): Promise<Result<void>> {
  const jobs = await farm.store.builds.jobs(build.buildId);
  const state = deriveBuildState(jobs.map((job) => job.state));
  if (!buildCan("retry", state))
    return fail({
      code: "build_active",
      detail: `Cannot retry build "${build.buildId}": it is ${state}, it must be partial, failed or canceled`,
    });
  const isTyped = jobs.some(
    (job) => job.state.kind !== "succeeded" && job.consent.overrides.length > 0,
  );
  // A retry is a new consent, and to this one nobody else may say yes.
  const what = `Cannot retry build "${build.buildId}", for which serials were typed`;
  const granted = isTyped ? requireGrant(caller, "drive-admin", what) : ok(undefined);
  if (!granted.ok) return granted;
  const retried = await farm.store.builds.retry(build.buildId, farm.nowMs());
  if (!retried.ok) return retried;
  farm.log.info({ buildId: build.buildId }, "build retried");
  farm.changed.raise();
  return ok(undefined);
}
