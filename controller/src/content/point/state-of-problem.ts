import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { BlobState } from "./point-access.ts";

/** What a blob that could not be read comes to; a point that cannot be reached says nothing about its blobs. */
export function stateOfProblem(problem: Problem): Result<BlobState> {
  switch (problem.code) {
    case "content_missing":
      return ok({ kind: "missing" });
    case "point_unreadable":
    case "path_unreadable":
    case "storage_failed":
      return ok({ kind: "unreadable", is: lastPart(problem.detail) });
    case "content_digest_mismatch":
      return ok({ kind: "damaged", is: lastPart(problem.detail) });
    default:
      return fail(problem);
  }
}

/** "Cannot check content ab12 at "dp": it answers 403" gives "it answers 403". */
function lastPart(detail: string): string {
  const from = detail.indexOf(": ");
  return from === -1 ? detail : detail.slice(from + 2);
}
