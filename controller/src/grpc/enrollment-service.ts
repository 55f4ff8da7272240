import type { Log } from "@stickfarm/common/log";
import type {
  EnrollmentServiceServer,
  EnrollRequest,
  EnrollResponse,
} from "@stickfarm/proto/stickfarm/v1/enrollment";
import { type Answer, unary } from "./unary.ts";

/** The one service for callers without a certificate. */
export function enrollmentService(
  enroll: Answer<EnrollRequest, EnrollResponse, void>,
  log: Log,
): EnrollmentServiceServer {
  return { enroll: unary(enroll, () => undefined, log) };
}
