import type { Drive } from "@stickfarm/common/drive/drive";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { ClaimedStick } from "./claim-stick.ts";

/** Who a drive is, and in which insertion: pulled and put back it is another one. */
type Held = Pick<Drive, "driveId" | "bay" | "insertion">;

/**
 * Drives that were given up while the kernel still waits for them: a process in such a wait outlives even SIGKILL, and keeps
 * its claim. They are refused until that process has ended, or the stick was pulled.
 */
export type Quarantine = {
  readonly whyHeld: (drive: Held) => Problem | null;
  readonly hold: (drive: Held, pid: number | undefined, ended: Promise<unknown>) => void;
  /** The drives, those that are held with the reason before all others. */
  readonly mark: (drives: readonly Drive[]) => readonly Drive[];
};

export function openQuarantine(now: () => Date): Quarantine {
  const held = new Map<string, Problem>();
  const keyOf = ({ driveId, insertion }: Held): string => JSON.stringify([driveId, insertion]);
  const whyHeld = (drive: Held): Problem | null => held.get(keyOf(drive)) ?? null;
  return {
    whyHeld,
    hold: (drive, pid, ended) => {
      const problem: Problem = {
        code: "drive_quarantined",
        detail: `Cannot use the drive in bay "${drive.bay}": it was given up at ${now().toISOString()}, and process ${pid} still waits for its answer`,
      };
      held.set(keyOf(drive), problem);
      void ended.then(() => {
        // Another attempt may have been given up on it since.
        if (held.get(keyOf(drive)) === problem) held.delete(keyOf(drive));
      });
    },
    mark: (drives) =>
      drives.map((drive) => {
        const why = whyHeld(drive);
        return why === null ? drive : { ...drive, refusals: [why, ...drive.refusals] };
      }),
  };
}

/** A process that its drive may keep for longer than anybody waits. */
export type HeldWriter = Pick<ClaimedStick["writer"], "pid" | "exited">;

/**
 * Claim a stick that is not held; it is, from its release on, when its writer has not ended by then. The writer of a claim
 * that failed is `left` in the same way.
 */
export async function claimUnheld(
  quarantine: Quarantine,
  drive: Held,
  claim: (left: (writer: HeldWriter) => void) => Promise<Result<ClaimedStick>>,
): Promise<Result<ClaimedStick>> {
  const why = quarantine.whyHeld(drive);
  if (why !== null) return fail(why);
  const claimed = await claim(({ pid, exited }) => quarantine.hold(drive, pid, exited));
  if (!claimed.ok) return claimed;
  const stick = claimed.value;
  let hasEnded = false;
  void stick.writer.exited.then(() => {
    hasEnded = true;
  });
  return ok({
    ...stick,
    release: async (isAbandoned) => {
      await stick.release(isAbandoned);
      if (!hasEnded) quarantine.hold(drive, stick.writer.pid, stick.writer.exited);
    },
  });
}
