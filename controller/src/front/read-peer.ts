import type { TLSSocket } from "node:tls";
import type { Identity } from "@stickfarm/common/identity";
import { readIdentity } from "@stickfarm/common/rim/read-identity";

/** The other side of a connection: somebody this farm has certified, or a stranger and why it is one. */
export type Peer =
  | { readonly kind: "known"; readonly identity: Identity }
  | { readonly kind: "stranger"; readonly reason: string };

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the client certificate has expired",
  CERT_NOT_YET_VALID: "the client certificate is not valid yet; compare the clocks",
  INVALID_PURPOSE: "the certificate is not made for clients",
};

/** Read a connection's peer once its TLS handshake is over. */
export function readPeer(socket: TLSSocket): Peer {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return stranger("there is no client certificate");
  if (!socket.authorized) return stranger(explain(socket));
  const identity = readIdentity(certificate.raw);
  if (identity === null) return stranger("the certificate is neither an agent's nor an operator's");
  return { kind: "known", identity };
}

function explain(socket: TLSSocket): string {
  // Node documents an Error here and gives the code as a string.
  const code = String(socket.authorizationError);
  return REASONS[code] ?? `this farm has not issued the client certificate (${code})`;
}

function stranger(reason: string): Peer {
  return { kind: "stranger", reason };
}
