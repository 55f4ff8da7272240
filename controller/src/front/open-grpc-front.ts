import type { TLSSocket } from "node:tls";
import { Server, ServerCredentials, type ServerInterceptor } from "@grpc/grpc-js";
import { type FrontService, guardCalls } from "./guard-calls.ts";
import { grpcOptionsFor } from "./limits.ts";
import type { Peer } from "./read-peer.ts";
import type { Strangers } from "./strangers.ts";

export type GrpcFront = {
  inject(socket: TLSSocket, peer: Peer): void;
  /** GOAWAY to everybody; settles when all calls have ended or the time is up, and nothing is left of them. */
  close(graceMs: number): Promise<void>;
};

/**
 * One gRPC server for each kind of caller, with the same services and other limits: grpc-js has limits for a server only,
 * and what an operator may send would let a stranger fill our memory.
 */
export function openGrpcFront(services: readonly FrontService[], strangers: Strangers): GrpcFront {
  const guard = guardCalls(services, (call) => strangers.peerOf(call));
  const fronts = {
    stranger: openServer("stranger", services, guard),
    agent: openServer("agent", services, guard),
    operator: openServer("operator", services, guard),
  };
  return {
    inject: (socket, peer) => {
      const caller = peer.kind === "known" ? peer.identity.role : "stranger";
      fronts[caller].injector.injectConnection(socket);
    },
    close: async (graceMs) => {
      const servers = Object.values(fronts).map(({ server }) => server);
      await Promise.all(servers.map((server) => waitForCalls(server, graceMs)));
      for (const server of servers) server.forceShutdown();
    },
  };
}

function openServer(
  caller: Parameters<typeof grpcOptionsFor>[0],
  services: readonly FrontService[],
  guard: ServerInterceptor,
) {
  const server = new Server({ ...grpcOptionsFor(caller), interceptors: [guard] });
  for (const { definition, implementation } of services) {
    server.addService(definition, implementation);
  }
  // Insecure for grpc-js alone: what is injected has been decrypted and its peer looked at.
  return { server, injector: server.createConnectionInjector(ServerCredentials.createInsecure()) };
}

async function waitForCalls(server: Server, graceMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
