import { ATTEMPT_PHASES, type AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import type { BuildView, DriveView, JobView } from "@stickfarm/proto/stickfarm/v1/operator";
import { buildIdOf } from "../../journey/support/farm.ts";
import { typeWhatIsAsked } from "../../journey/support/old-data.ts";
import { waitFor } from "../../support/wait-for.ts";
import { AGENT, type Lab } from "./open-lab.ts";
import type { Stick } from "./stick.ts";

/** A build that is being watched. */
export type WatchedBuild = {
  /** Resolves when the job on this stick is in this phase or a later one; `false` when it is over before. */
  readonly reaches: (stick: Stick, phase: AttemptPhase) => Promise<boolean>;
  /** The job on this stick when it is over. */
  readonly outcome: (stick: Stick) => Promise<JobView>;
};

const SEEN_LIMIT_MS = 120_000;
const PHASE_LIMIT_MS = 300_000;
const OUTCOME_LIMIT_MS = 600_000;
const LOOK_EVERY_MS = 50;
const PHASES: readonly string[] = ATTEMPT_PHASES;

/** The insertion in which the controller still knows a stick that was pulled a moment ago; empty when it has gone from there. */
export async function lastInsertionOf({ farm }: Lab, { serial }: Stick): Promise<string> {
  const drives = JSON.parse(await farm.must("drive", "list", "-o", "json")) as DriveView[];
  return drives.find(({ drive }) => drive?.serial === serial)?.drive?.insertion ?? "";
}

/** The bay of a stick that was plugged in, when the controller knows of it; never one of an earlier insertion. */
export function bayOf({ farm }: Lab, { serial }: Stick, lastInsertion = ""): Promise<Bay> {
  return waitFor(
    `the stick ${serial}`,
    async () => {
      const drives = JSON.parse(await farm.must("drive", "list", "-o", "json")) as DriveView[];
      const found = drives.find(
        ({ drive, state }) =>
          drive?.serial === serial &&
          ["free", "asks"].includes(state) &&
          drive.insertion !== lastInsertion,
      )?.drive;
      return found === undefined ? undefined : { bay: found.bay, insertion: found.insertion };
    },
    { limitMs: SEEN_LIMIT_MS, everyMs: 300 },
  );
}

export type Bay = { readonly bay: string; readonly insertion: string };

/** Order a definition on the sticks in these bays, typing the serials of those that hold old data. */
export async function orderBuild(
  lab: Lab,
  definition: string,
  bays: readonly Bay[],
): Promise<WatchedBuild> {
  const on = bays.flatMap(({ bay }) => ["--on", `${AGENT}/${bay}`]);
  const typed = await typeWhatIsAsked(
    lab.farm,
    bays.map(({ bay }) => bay),
  );
  const start = ["build", "start", definition, "--yes", "-o", "json", ...on, ...typed];
  return watchBuild(lab, buildIdOf(await lab.farm.must(...start)));
}

function watchBuild({ startCommand }: Lab, buildId: string): WatchedBuild {
  const program = startCommand("build", "watch", buildId, "-o", "json");
  const jobOn = ({ serial }: Stick): JobView | undefined =>
    lastView(program.stdout())?.jobs.find((job) => job.serial === serial);
  const limits = (stick: Stick, limitMs: number) => ({
    limitMs,
    everyMs: LOOK_EVERY_MS,
    seen: () => jobOn(stick) ?? program.stderr(),
  });
  const phaseOf = (stick: Stick, phase: AttemptPhase): "reached" | "over" | undefined => {
    const job = jobOn(stick);
    if (job === undefined) return undefined;
    if (isOver(job)) return "over";
    return orderOf(String(job.phase)) >= orderOf(phase) ? "reached" : undefined;
  };
  return {
    reaches: async (stick, phase) => {
      const what = `phase ${phase} on ${stick.name}`;
      const found = await waitFor(what, () => phaseOf(stick, phase), limits(stick, PHASE_LIMIT_MS));
      return found === "reached";
    },
    outcome: (stick) =>
      waitFor(
        `the end of the job on ${stick.name}`,
        () => {
          const job = jobOn(stick);
          return job !== undefined && isOver(job) ? job : undefined;
        },
        limits(stick, OUTCOME_LIMIT_MS),
      ),
  };
}

/** A view a line; the last one may be on its way. */
function lastView(printed: string): BuildView | undefined {
  const whole = printed.slice(0, printed.lastIndexOf("\n") + 1).trimEnd();
  if (whole === "") return undefined;
  return JSON.parse(whole.slice(whole.lastIndexOf("\n") + 1)) as BuildView;
}

function isOver({ state }: JobView): boolean {
  return ["succeeded", "failed", "canceled"].includes(state);
}

/** -1: none, or one that does not count. */
function orderOf(phase: string): number {
  return PHASES.indexOf(phase);
}
