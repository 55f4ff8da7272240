import type { Problem as WireProblem } from "@stickfarm/proto/stickfarm/v1/agent";
import { isProblemCode, type Problem, remedyOf } from "../problem.ts";

export function problemToWire(problem: Problem): WireProblem {
  return { code: problem.code, detail: problem.detail, remedy: remedyOf(problem.code) };
}

/** A code that a newer program sends and this one does not know keeps its words and becomes `internal`. */
export function problemFromWire(wire: WireProblem): Problem {
  if (isProblemCode(wire.code)) return { code: wire.code, detail: wire.detail };
  return { code: "internal", detail: `${wire.detail} (${wire.code}: ${wire.remedy})` };
}
