import type { ServerUnaryCall } from "@grpc/grpc-js";
import type { Identity } from "@stickfarm/common/identity";
import { readIdentity } from "@stickfarm/common/rim/read-identity";

/** Who calls, or null: a caller without a good certificate of this farm. */
export function identityOfCall(
  call: Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext">,
): Identity | null {
  // grpc-js hands on no certificate that TLS has not found good.
  const certificate = call.getAuthContext().sslPeerCertificate;
  return certificate === undefined ? null : readIdentity(certificate.raw);
}
