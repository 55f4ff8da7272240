import type { StickHistory } from "@stickfarm/proto/stickfarm/v1/operator";
import type { StickPassport } from "./inspection.ts";

/** How a stick and its record at the controller stand to each other. */
export type RecordAnswer = {
  readonly result: "agrees" | "differs" | "unknown" | "not asked";
  readonly why: string;
};

/** `sticks` are those of the passport's stick id. */
export function compareRecord(
  { stickId, manifestSha256 }: StickPassport,
  sticks: readonly StickHistory[],
): RecordAnswer {
  for (const { attempts } of sticks) {
    const at = attempts.findIndex((attempt) => attempt.stickId === stickId);
    const recorded = attempts[at];
    if (recorded === undefined) continue;
    const { buildId, manifestSha256: known, outcome } = recorded;
    if (known !== manifestSha256)
      return differs(`build ${buildId} is recorded with another manifest`);
    if (outcome !== "succeeded") return differs(`build ${buildId} is recorded as ${outcome}`);
    const newer = attempts.at(-1);
    if (newer !== undefined && newer !== recorded)
      return differs(
        `a later build is recorded for this stick: ${newer.buildId}, ${newer.outcome}`,
      );
    return { result: "agrees", why: `build ${buildId} is the last that is recorded for it` };
  }
  return { result: "unknown", why: "the controller has no record of it" };
}

function differs(why: string): RecordAnswer {
  return { result: "differs", why };
}
