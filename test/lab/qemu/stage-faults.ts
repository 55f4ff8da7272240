import { MIB } from "@stickfarm/common/bytes";
import type { MediumFault } from "./hub.ts";
import { FAST, type Speed } from "./plan-round.ts";
import { type Ended, type Member, runTogether } from "./run-together.ts";
import type { Run } from "./stage.ts";
import { makeStick } from "./stick.ts";

type Case = {
  readonly name: "good" | "slow" | "cannot be written" | "cannot be read";
  readonly speed: Speed;
  readonly faults: readonly MediumFault[];
  readonly must: readonly string[];
};

/** A place that cannot be read is written again before it is given up. */
const CASES: readonly Case[] = [
  { name: "good", speed: FAST, faults: [], must: ["succeeded"] },
  {
    name: "slow",
    speed: { writeBytes: 2 * MIB, readBytes: 4 * MIB },
    faults: [],
    must: ["succeeded"],
  },
  {
    name: "cannot be written",
    speed: FAST,
    faults: [{ kind: "write", atBytes: 16 * MIB }],
    must: ["write_failed"],
  },
  {
    name: "cannot be read",
    speed: FAST,
    faults: [{ kind: "read", atBytes: 20 * MIB }],
    must: ["read_failed"],
  },
];

/** Sticks that fail or crawl beside a good one; then those that failed, in good health and elsewhere, ordered again. */
export async function runFaults(run: Run): Promise<void> {
  const { lab, image } = run;
  const members = await Promise.all(
    CASES.map(async (one, index) => {
      const stick = await makeStick(lab.folder, `fault-${index + 1}`);
      return { ...one, done: `together: ${stick.name}, ${one.name}`, stick, port: index + 1 };
    }),
  );
  const ended = await runTogether(run, members, image);
  judgePace(run, ended);
  const healed: Member[] = ended
    .filter(({ job }) => job.state === "failed")
    .map(({ member: { stick, port } }) => ({
      done: `${stick.name} again, without its fault`,
      stick,
      // Below the last port, which is the bystander's.
      port: port + CASES.length - 1,
      must: ["succeeded"],
    }));
  await runTogether(run, healed, image);
}

/** Nobody waits for the slow one. */
function judgePace(run: Run, ended: readonly Ended<Member & Case>[]): void {
  const endOf = (name: Case["name"]): number =>
    ended.find(({ member }) => member.name === name)?.endedAtMs ?? Number.NaN;
  const aheadMs = endOf("slow") - endOf("good");
  run.add({
    done: "the good stick beside the slow one",
    outcome: aheadMs > 0 ? "ended before it" : "waited for it",
    tookMs: Math.abs(aheadMs),
    broken: aheadMs > 0 ? [] : ["waited for another"],
  });
}
