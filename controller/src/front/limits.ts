import type { ServerOptions } from "@grpc/grpc-js";
import { KIB, MIB } from "@stickfarm/common/bytes";

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;

/** What one port grants its peers. Everything that a stranger can make us hold has a number here. */
export type FrontLimits = {
  /** Open connections in all; an agent holds one for gRPC and a few for content. */
  readonly connections: number;
  /** Connections without a certificate of this farm: enrolments, and callers who will be refused. */
  readonly strangers: number;
  /** From the first byte of a connection to the end of its TLS handshake. */
  readonly handshakeMs: number;
  /** A stranger has this long for the one call that is open to it. */
  readonly strangerMs: number;
  /** From the start of an HTTP request to the end of its headers. */
  readonly headersMs: number;
  /** Without a byte in either direction, within a request. A body may take as long as it moves. */
  readonly httpIdleMs: number;
  /** Between two HTTP requests on one connection. */
  readonly httpKeepAliveMs: number;
  /** All headers of a request together. */
  readonly headerBytes: number;
};

export const FRONT_LIMITS: FrontLimits = {
  connections: 4096,
  strangers: 64,
  handshakeMs: 10 * SECOND_MS,
  strangerMs: 30 * SECOND_MS,
  headersMs: 10 * SECOND_MS,
  httpIdleMs: 60 * SECOND_MS,
  httpKeepAliveMs: 30 * SECOND_MS,
  headerBytes: 16 * KIB,
};

/** What one call may hold depends on who calls: a stranger enrols, an operator registers trees of 100,000 files. */
export const MESSAGE_BYTES = {
  stranger: 64 * KIB,
  agent: 4 * MIB,
  operator: 64 * MIB,
} as const;

export const STREAMS = { stranger: 4, agent: 64, operator: 64 } as const;

/**
 * grpc-js alone limits neither streams nor session memory nor the age of a connection.
 *
 * Source: grpc-js lib/server.ts; https://github.com/grpc/grpc-node/blob/master/packages/grpc-js/README.md
 */
export function grpcOptionsFor(caller: keyof typeof MESSAGE_BYTES): ServerOptions {
  return {
    "grpc.max_receive_message_length": MESSAGE_BYTES[caller],
    "grpc.max_send_message_length": MESSAGE_BYTES[caller],
    "grpc.max_concurrent_streams": STREAMS[caller],
    "grpc.keepalive_time_ms": 30 * SECOND_MS,
    "grpc.keepalive_timeout_ms": 10 * SECOND_MS,
    "grpc.max_connection_idle_ms": 300 * SECOND_MS,
    // A certificate is looked at when a connection begins: no connection outlives it for long.
    "grpc.max_connection_age_ms": 12 * HOUR_MS,
    "grpc.max_connection_age_grace_ms": 60 * SECOND_MS,
    // MiB of one session's buffers; flow control bounds most of them, this bounds the rest.
    "grpc-node.max_session_memory": 64,
    // Nobody reads its counters, and it holds a record of every socket.
    "grpc.enable_channelz": 0,
  };
}
