import type { JobView } from "@stickfarm/proto/stickfarm/v1/operator";
import type { PlugOptions } from "./hub.ts";
import { bayOf, orderBuild } from "./order-build.ts";
import { judgeEnding, type Run } from "./stage.ts";
import { digestOf, type Stick } from "./stick.ts";
import type { TestMedia } from "./test-media.ts";

/** One of several sticks that are built at once. */
export type Member = PlugOptions & {
  readonly done: string;
  readonly stick: Stick;
  /** What it must come to: "succeeded", or what it fails of. */
  readonly must: readonly string[];
};

export type Ended<Kind extends Member> = {
  readonly member: Kind;
  readonly job: JobView;
  readonly endedAtMs: number;
};

/** Plug sticks in, build them at once, pull each and judge it. */
export async function runTogether<Kind extends Member>(
  run: Run,
  members: readonly Kind[],
  media: TestMedia,
): Promise<readonly Ended<Kind>[]> {
  const { lab } = run;
  const plugged = [];
  for (const member of members) {
    const before = await digestOf(member.stick);
    plugged.push({ member, before, ...(await lab.hub.plug(member.stick, member)) });
  }
  const bays = await Promise.all(members.map(({ stick }) => bayOf(lab, stick)));
  const sinceMs = performance.now();
  const build = await orderBuild(lab, media.name, bays);
  const ended = await Promise.all(
    plugged.map(async (one) => {
      const job = await build.outcome(one.stick);
      return { ...one, job, endedAtMs: performance.now() };
    }),
  );
  for (const { pull, member, before, job, endedAtMs } of ended) {
    await pull();
    await judgeEnding(run, { ...member, job, before, media, sinceMs, endedAtMs });
  }
  return ended;
}
