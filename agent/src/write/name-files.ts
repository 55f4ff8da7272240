import { nameOwners } from "@stickfarm/common/layout/name-owners";
import type { Problem } from "@stickfarm/common/problem";
import type { WriterOrder } from "./writer-protocol.ts";

/** The same problem; where it is about bytes of the drive, it says whose they are. */
export function nameFiles(problem: Problem, order: WriterOrder): Problem {
  const owners = problem.range === undefined ? null : nameOwners(order, problem.range);
  if (owners === null) return problem;
  return { ...problem, detail: `${problem.detail}; these bytes belong to ${owners}` };
}
