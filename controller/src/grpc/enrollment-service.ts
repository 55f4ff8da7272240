import type {
  EnrollmentServiceServer,
  EnrollRequest,
  EnrollResponse,
} from "@stickfarm/proto/stickfarm/v1/enrollment";
import { type Answer, type Outlet, unary } from "./unary.ts";

/** The one service for callers without a certificate. */
export function enrollmentService(
  enroll: Answer<EnrollRequest, EnrollResponse, void>,
  outlet: Outlet,
): EnrollmentServiceServer {
  return { enroll: unary(enroll, () => undefined, outlet) };
}
