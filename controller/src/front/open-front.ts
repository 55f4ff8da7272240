import { constants } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import { renderHostPort } from "@stickfarm/common/host-port";
import type { Log } from "@stickfarm/common/log";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { FrontService } from "./guard-calls.ts";
import { FRONT_LIMITS, type FrontLimits } from "./limits.ts";
import { openGrpcFront } from "./open-grpc-front.ts";
import { type HandleHttp, openHttpFront } from "./open-http-front.ts";
import { readPeer } from "./read-peer.ts";
import { openStrangers } from "./strangers.ts";

/**
 * The controller's one port. TLS ends here; what the client offers by ALPN decides who gets the connection: `h2` goes to
 * the gRPC server, everything else to the HTTP server of the content routes.
 *
 * Certificates are asked for and never demanded in the handshake: a refusal there reaches the caller as a reset
 * connection, and enrolment has no certificate yet. Instead nothing but the services opened to `anyone` answers a
 * stranger, and every refusal says why.
 */
export type Front = {
  /** HOST:PORT as it listens. */
  readonly address: string;
  readonly port: number;
  /** Let calls end for `graceMs`, then cut what is left. Nothing listens afterwards. */
  close(graceMs?: number): Promise<void>;
};

export type FrontOptions = {
  /** Port 0 = any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** PEM. The chain ends in the CA, so that an enrolling agent can compare it with its pin. */
  readonly tls: {
    readonly caPem: string;
    readonly certificatePem: string;
    readonly keyPem: string;
  };
  readonly services: readonly FrontService[];
  readonly handleHttp: HandleHttp;
  readonly log: Log;
  readonly limits?: Partial<FrontLimits>;
};

/** Problems: listen_failed. */
export async function openFront(options: FrontOptions): Promise<Result<Front>> {
  const limits = { ...FRONT_LIMITS, ...options.limits };
  const strangers = openStrangers(limits);
  const grpc = openGrpcFront(options.services, strangers);
  const http = openHttpFront({ handle: options.handleHttp, log: options.log, limits });
  const server = createTlsServer(options, limits, (socket) => {
    const peer = readPeer(socket);
    if (!strangers.admit(socket, peer)) return;
    if (socket.alpnProtocol === "h2") grpc.inject(socket, peer);
    else http.inject(socket, peer);
  });
  const sockets = trackSockets(server);
  const listening = await listen(server, options.listen);
  if (!listening.ok) return listening;
  return ok({
    ...listening.value,
    close: async (graceMs = 2000) => {
      const closed = once(server, "close");
      server.close();
      await Promise.all([grpc.close(graceMs), http.close(graceMs)]);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  });
}

function createTlsServer(
  { tls, log }: FrontOptions,
  limits: FrontLimits,
  receive: (socket: TLSSocket) => void,
): TlsServer {
  const server = createServer({
    ca: tls.caPem,
    cert: tls.certificatePem,
    key: tls.keyPem,
    minVersion: "TLSv1.3",
    ALPNProtocols: ["h2", "http/1.1"],
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: limits.handshakeMs,
    // A resumed session would carry a certificate that nobody has looked at since.
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
  server.maxConnections = limits.connections;
  server.on("secureConnection", (socket) => {
    // Peers may vanish at any time; an error without a listener would end the process.
    socket.on("error", (error) => log.info({ reason: error.message }, "connection broke"));
    receive(socket);
  });
  server.on("tlsClientError", (error, socket) => {
    log.info({ peer: socket.remoteAddress, reason: error.message }, "TLS handshake failed");
    // Node leaves the connection open when the handshake has taken too long.
    socket.destroy();
  });
  server.on("drop", () => log.warn({ max: limits.connections }, "connection refused: too many"));
  return server;
}

/** Every connection from its first byte on: one whose handshake hangs holds the server open as well. */
function trackSockets(server: TlsServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

async function listen(
  server: TlsServer,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Result<{ readonly address: string; readonly port: number }>> {
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const detail = `Cannot listen on "${renderHostPort({ host, port })}": ${reason}`;
    return fail({ code: "listen_failed", detail, cause });
  }
  // Only pipes and closed servers have another kind of address.
  const bound = server.address() as AddressInfo;
  const address = renderHostPort({ host: bound.address, port: bound.port });
  return ok({ address, port: bound.port });
}
