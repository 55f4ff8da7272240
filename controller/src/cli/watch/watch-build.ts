import { setTimeout as sleep } from "node:timers/promises";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { type BuildPicture, parseBuild } from "../connect/build-picture.ts";
import type { Controller } from "../connect/controller.ts";
import { type Session, say } from "../shell/session.ts";
import { EXIT_INTERRUPTED } from "../shell/shell.ts";
import { judgeBuild } from "./judge-build.ts";
import { startPainter } from "./painter.ts";

/** A controller that restarts is back within seconds; after two minutes it is away. */
const RECONNECT_MAX = 240;
const RECONNECT_MS = 500;

/**
 * Show builds until all of them have ended. Builds outlive their watchers: Ctrl-C ends the watching only, and a controller
 * that restarts is waited for.
 *
 * Shape:    exit status 0 when every stick of each is good, 130 when watching was interrupted.
 * Problems: build_failed, build_canceled, build_unknown, controller_unreachable: of the first build that has one.
 */
export async function watchBuilds(
  session: Session,
  controller: Controller,
  buildIds: readonly string[],
): Promise<Result<number>> {
  const interrupted = new AbortController();
  const stopListening = session.io.onInterrupt(() => interrupted.abort());
  const painter = startPainter(session);
  const { signal } = interrupted;
  const { show } = painter;
  let outcomes: readonly Result<BuildPicture | null>[];
  try {
    const follows = buildIds.map((buildId) => ({ buildId, signal, show }));
    outcomes = await Promise.all(follows.map((follow) => followBuild(session, controller, follow)));
  } finally {
    painter.close();
    stopListening();
  }
  return judge(session, buildIds, outcomes);
}

function judge(
  session: Session,
  buildIds: readonly string[],
  outcomes: readonly Result<BuildPicture | null>[],
): Result<number> {
  let status = 0;
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome;
    if (outcome.value === null) {
      status = EXIT_INTERRUPTED;
      continue;
    }
    const judged = judgeBuild(outcome.value);
    if (!judged.ok) return judged;
  }
  if (status === EXIT_INTERRUPTED) {
    const again = `stickfarm build watch ${buildIds.join(" ")}`;
    const goesOn = buildIds.length === 1 ? "the build goes on" : "the builds go on";
    say(session, `Watching has ended, ${goesOn}: ${again}`);
  }
  return ok(status);
}

type Follow = {
  readonly buildId: string;
  readonly signal: AbortSignal;
  readonly show: (picture: BuildPicture) => void;
};

/** The last picture, or null when the watcher had enough. */
export async function followBuild(
  session: Session,
  controller: Controller,
  follow: Follow,
): Promise<Result<BuildPicture | null>> {
  let wasSeen = false;
  let failures = 0;
  while (!follow.signal.aborted) {
    const { last, end } = await followOnce(controller, follow);
    if (last !== null && last.state !== "running") return ok(last);
    if (follow.signal.aborted) break;
    wasSeen ||= last !== null;
    failures = last === null ? failures + 1 : 1;
    const lost = end.ok ? streamEnded(follow.buildId) : end.problem;
    // Whoever never saw the build may have named another controller; there is nothing to wait for.
    const isAway = wasSeen && lost.code === "controller_unreachable";
    if (!isAway || failures > RECONNECT_MAX) return fail(lost);
    if (failures === 1) say(session, "The controller is away; waiting for it, the build goes on");
    await sleep(RECONNECT_MS, undefined, { signal: follow.signal }).catch(() => undefined);
  }
  return ok(null);
}

async function followOnce(
  controller: Controller,
  { buildId, signal, show }: Follow,
): Promise<{ readonly last: BuildPicture | null; readonly end: Result<void> }> {
  const pictures: { last: BuildPicture | null } = { last: null };
  const end = await controller.follow(
    OperatorServiceService.watchBuild,
    { buildId },
    {
      signal,
      receive: ({ build }) => {
        const picture = parseBuild(build);
        if (!picture.ok) return picture;
        pictures.last = picture.value;
        show(picture.value);
        return ok(undefined);
      },
    },
  );
  return { last: pictures.last, end };
}

function streamEnded(buildId: string): Problem {
  return {
    code: "controller_unreachable",
    detail: `Cannot watch build "${buildId}" to its end: the controller has ended the stream`,
  };
}
