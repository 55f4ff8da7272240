import { invariant } from "@stickfarm/common/invariant";
import type { Problem } from "@stickfarm/common/problem";

const SHOWN_MAX = 20;

/** Several failures of one step as one, so that all are mended at once. The first gives the code and so the remedy. */
export function joinProblems(problems: readonly Problem[]): Problem {
  const [first] = problems;
  invariant(first !== undefined, "there is a problem to join");
  const shown = problems.slice(0, SHOWN_MAX).map(({ detail }) => detail);
  const more = problems.length - shown.length;
  return {
    code: first.code,
    detail: [...shown, ...(more > 0 ? [`and ${more} more like these`] : [])].join("; "),
  };
}
