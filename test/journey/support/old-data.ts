import type { DriveView } from "@stickfarm/proto/stickfarm/v1/operator";
import { waitFor } from "../../support/wait-for.ts";
import { fillWith } from "./drive-bytes.ts";
import type { TestFarm } from "./farm.ts";

/** What the last life of a stick left on it. */
export const OLD_BYTE = 0xa5;

/** Fills drives with old data, and lets their agent find them so: bytes that nothing knows are erased by serial only. */
export async function fillWithOld(
  farm: TestFarm,
  agent: string,
  serials: readonly string[],
): Promise<void> {
  await farm.agent(agent).end();
  for (const serial of serials) await fillWith(farm.driveFile(agent, serial), OLD_BYTE);
  await farm.runAgent(agent);
  for (const serial of serials) await waitForAsk(farm, serial);
}

/**
 * The options for `build start` on these bays that type what is asked now, when somebody has looked at each of them: what
 * faulty sticks have made of old data and earlier builds is not the same each time.
 */
export async function typeWhatIsAsked(
  farm: Pick<TestFarm, "must">,
  bays: readonly string[],
): Promise<readonly string[]> {
  const views = await waitFor(
    "a look at each drive",
    async () => {
      const listed = JSON.parse(await farm.must("drive", "list", "-o", "json")) as DriveView[];
      const meant = listed.filter(({ drive }) => bays.includes(drive?.bay ?? ""));
      return meant.every(isLookedAt) ? meant : undefined;
    },
    { limitMs: 120_000 },
  );
  return typing(
    views.filter(({ state }) => state === "asks").map(({ drive }) => drive?.serial ?? ""),
  );
}

/** A reader without a medium shows nothing. */
function isLookedAt({ drive }: DriveView): boolean {
  const isOver = ["seen", "unreadable"].includes(drive?.contents?.state ?? "");
  return isOver || drive?.sizeBytes === 0;
}

/** Waits until somebody has looked, and a yes alone does not erase the drive. */
export function waitForAsk(farm: TestFarm, serial: string): Promise<true> {
  return waitFor(`the question for "${serial}"`, async () => {
    const views = JSON.parse(await farm.must("drive", "list", "-o", "json")) as DriveView[];
    const state = views.find(({ drive }) => drive?.serial === serial)?.state;
    return state === "asks" || undefined;
  });
}

/** For `build start`. */
export function typing(serials: readonly string[]): readonly string[] {
  return serials.flatMap((serial) => ["--erase", serial]);
}
