import type { TLSSocket } from "node:tls";
import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";
import { identityOfCall } from "./identity-of-call.ts";
import type { FrontLimits } from "./limits.ts";
import type { Peer } from "./read-peer.ts";

/** The part of grpc-js's calls that says who called. */
export type CallPeer = Pick<ServerInterceptingCallInterface, "getAuthContext" | "getPeer">;

export type Strangers = {
  /** False when there are too many strangers; the connection is then cut. */
  admit(socket: TLSSocket, peer: Peer): boolean;
  peerOf(call: CallPeer): Peer;
};

/**
 * Connections without an identity: few, for a short time, each remembered with the reason why it has none.
 *
 * grpc-js hands on the certificate of a good peer and nothing at all about any other, so that the reason is looked up by
 * address and port. Only the text of a refusal depends on that: who a caller is comes from its own connection.
 */
export function openStrangers(limits: Pick<FrontLimits, "strangers" | "strangerMs">): Strangers {
  const reasons = new Map<string, string>();
  return {
    admit: (socket, peer) => {
      if (peer.kind === "known") return true;
      const address = `${socket.remoteAddress}:${socket.remotePort}`;
      if (reasons.size >= limits.strangers) {
        socket.destroy();
        return false;
      }
      reasons.set(address, peer.reason);
      const timer = setTimeout(() => socket.destroy(), limits.strangerMs).unref();
      socket.once("close", () => {
        clearTimeout(timer);
        reasons.delete(address);
      });
      return true;
    },
    peerOf: (call) => {
      const identity = identityOfCall(call);
      if (identity !== null) return { kind: "known", identity };
      const reason = reasons.get(call.getPeer()) ?? "the connection is gone";
      return { kind: "stranger", reason };
    },
  };
}
