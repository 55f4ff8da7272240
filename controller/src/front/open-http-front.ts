import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { finished } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Identity } from "@stickfarm/common/identity";
import type { Log } from "@stickfarm/common/log";
import type { Problem } from "@stickfarm/common/problem";
import { renderProblemHttp } from "@stickfarm/common/wire/problem-http";
import type { FrontLimits } from "./limits.ts";
import type { Peer } from "./read-peer.ts";

/** Answer one request. Which role may do what is decided here; that there is one at all has been seen to. */
export type HandleHttp = (
  identity: Identity,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

export type HttpFront = {
  inject(socket: TLSSocket, peer: Peer): void;
  close(graceMs: number): Promise<void>;
};

export function openHttpFront(options: {
  readonly handle: HandleHttp;
  readonly log: Log;
  readonly limits: FrontLimits;
}): HttpFront {
  const { handle, log, limits } = options;
  const peers = new WeakMap<object, Peer>();
  const active = new Set<Promise<void>>();
  const settings = {
    maxHeaderSize: limits.headerBytes,
    connectionsCheckingInterval: limits.headersMs / 2,
  };
  const server = createServer(settings, (request, response) => {
    const answered = answer({ handle, log }, peers.get(request.socket), request, response);
    active.add(answered);
    void answered.finally(() => active.delete(answered));
  });
  server.headersTimeout = limits.headersMs;
  server.keepAliveTimeout = limits.httpKeepAliveMs;
  // A body of many GiB takes its time; what counts is that it moves.
  server.requestTimeout = 0;
  server.timeout = limits.httpIdleMs;
  // Node begins to enforce headersTimeout when a server listens; this one gets its connections from the port.
  server.emit("listening");
  return {
    inject: (socket, peer) => {
      peers.set(socket, peer);
      server.emit("connection", socket);
    },
    close: async (graceMs) => {
      server.close();
      await settleWithin(graceMs, Promise.allSettled([...active]));
    },
  };
}

async function answer(
  { handle, log }: { readonly handle: HandleHttp; readonly log: Log },
  peer: Peer | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (peer?.kind !== "known") {
    const reason = peer?.reason ?? "there is no client certificate";
    const detail = `Cannot ${request.method} "${request.url}": ${reason}`;
    refuse(request, response, { code: "unauthenticated", detail });
    return;
  }
  try {
    await handle(peer.identity, request, response);
  } catch (error) {
    log.error({ err: error, method: request.method, url: request.url }, "HTTP request failed");
    const detail = `Cannot ${request.method} "${request.url}": the controller's log says why`;
    refuse(request, response, { code: "internal", detail });
  }
}

/** Answer at once and end when the request's body is over: a sender that meets a closed connection reads no answer. */
function refuse(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, headers, body } = renderProblemHttp(problem);
  response.writeHead(status, headers).write(body);
  finished(request.resume(), () => response.end());
}

async function settleWithin(graceMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([work, timeUp]);
  clearTimeout(timer);
}
