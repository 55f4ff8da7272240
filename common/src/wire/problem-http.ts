import { PROBLEMS, type Problem, type StatusName } from "../problem.ts";
import { parseProblemBytes, renderProblemBytes } from "./problem-status.ts";

/** Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  DATA_LOSS: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
} as const satisfies Record<StatusName, number>;

/** A `Problem` as the answer to an HTTP request: code and detail as JSON. */
export function renderProblemHttp(problem: Problem): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
} {
  const body = renderProblemBytes(problem);
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  return { status: HTTP_STATUS[PROBLEMS[problem.code].status], headers, body };
}

/** What an HTTP answer that is no success means; an answer that is not ours is `internal`, with its status. */
export function parseProblemHttp(status: number, body: Uint8Array): Problem {
  return (
    parseProblemBytes(body) ?? {
      code: "internal",
      detail: `Cannot use the controller's answer: HTTP ${status}`,
    }
  );
}
