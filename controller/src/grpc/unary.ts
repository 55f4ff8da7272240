import {
  type handleUnaryCall,
  Metadata,
  type ServerUnaryCall,
  type ServiceError,
} from "@grpc/grpc-js";
import type { Log } from "@stickfarm/common/log";
import type { Problem } from "@stickfarm/common/problem";
import type { Result } from "@stickfarm/common/result";
import { PROBLEM_METADATA_KEY, renderProblemStatus } from "@stickfarm/common/wire/problem-status";

/** Where what goes wrong is told: in the log, and to the caller without the value of any secret. */
export type Outlet = { readonly log: Log; readonly mask: (text: string) => string };

/** What answers one method: wire message in, wire message or problem out. */
export type Answer<Request, Response, Caller> = (
  request: Request,
  caller: Caller,
) => Promise<Result<Response>>;

/** Serve a method by a function that gives a `Result`; whatever it throws is a fault of ours and is logged. */
export function unary<Request, Response, Caller>(
  answer: Answer<Request, Response, Caller>,
  callerOf: (call: ServerUnaryCall<Request, Response>) => Caller,
  outlet: Outlet,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    answer(call.request, callerOf(call)).then(
      (result) =>
        result.ok ? callback(null, result.value) : callback(statusOf(result.problem, outlet)),
      (error: unknown) => callback(statusOf(faultOf(error, call.getPath()), outlet)),
    );
  };
}

/** A problem as grpc-js sends it. */
export function statusOf(problem: Problem, { log, mask }: Outlet): Partial<ServiceError> {
  if (problem.code === "internal")
    log.error({ err: problem.cause ?? problem.detail }, "call failed");
  const { code, details, problemBytes } = renderProblemStatus({
    ...problem,
    detail: mask(problem.detail),
  });
  const metadata = new Metadata();
  metadata.set(PROBLEM_METADATA_KEY, Buffer.from(problemBytes));
  return { code, details, metadata };
}

export function faultOf(error: unknown, what: string): Problem {
  const text = error instanceof Error ? error.message : String(error);
  return { code: "internal", detail: `Cannot answer ${what}: ${text}`, cause: error };
}
