import { ok, type Result } from "@stickfarm/common/result";
import type { BuildPicture } from "../connect/build-picture.ts";
import { namePlace } from "../view/name-place.ts";

/**
 * What a build that has ended means for the exit status: 0 only when every stick is good.
 *
 * Problems: build_failed, build_canceled, naming each stick that is not.
 */
export function judgeBuild({ buildId, state, jobs }: BuildPicture): Result<number> {
  if (state === "succeeded") return ok(0);
  const bad = jobs
    .filter((job) => job.state !== "succeeded")
    .map((job) => `${namePlace(job)} ${job.problem?.code ?? job.state}`);
  const good = jobs.length - bad.length;
  return {
    ok: false,
    problem: {
      code: state === "canceled" ? "build_canceled" : "build_failed",
      detail: `Cannot call build "${buildId}" good: ${good} of ${jobs.length} sticks succeeded (${bad.join(", ")})`,
    },
  };
}
