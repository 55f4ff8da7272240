import type { AttemptOutcome } from "@stickfarm/common/build/job-state";

/** What the journal's newest record of an attempt says, when the agent starts and finds no result. */
export type LastRecord = "accepted" | "destroying" | "sealing";

/**
 * How an attempt ended that was cut off by a crash. Nothing is ever resumed in the middle.
 *
 * A stick that was cut off while it was sealed may boot; it is called dirty all the same, because nobody read it back.
 */
export function recoverAttempt(last: LastRecord): AttemptOutcome {
  if (last === "accepted")
    return {
      kind: "failed",
      problem: {
        code: "agent_restarted",
        detail: "Cannot go on with the attempt: the agent was restarted before anything was erased",
      },
      dirty: false,
    };
  return {
    kind: "failed",
    problem: {
      code: "interrupted",
      detail: `Cannot go on with the attempt: the agent was stopped while it ${last === "sealing" ? "sealed" : "wrote"} the stick`,
    },
    dirty: true,
  };
}
