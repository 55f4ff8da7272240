import type { Log } from "@stickfarm/common/log";
import { openUnlessAborted, repeatSession } from "@stickfarm/common/rim/repeat-session";
import {
  type ProgressEvent,
  renderProgressEvent,
  renderProgressSubject,
} from "@stickfarm/common/wire/progress";
import { type ConnectionOptions, connect, jwtAuthenticator, type NatsConnection } from "nats";
import { LatestOutbox } from "./latest-outbox.ts";

export type ProgressPublisher = {
  /** Returns at once, whatever the network does. */
  publish(event: ProgressEvent): void;
  close(): Promise<void>;
};

export type PublisherOptions = {
  /** URLs: the first that answers is taken. */
  readonly servers: readonly string[];
  readonly tls: PublisherTls;
  readonly jwt: string;
  readonly seed: string;
  /** The agent's name: its credential is for subjects and an inbox of this name. */
  readonly agent: string;
  readonly log: Log;
};

export type PublisherTls = {
  /** Null: the system's authorities, for a cluster that is not the farm's. */
  readonly caPem: string | null;
  /** The name to find in the server's certificate; null: the host of its URL. */
  readonly serverName: string | null;
  /** The farm's own server demands one. */
  readonly client: { readonly certificatePem: string; readonly keyPem: string } | null;
};

const PAUSES = { firstMs: 250, mostMs: 10_000, settledMs: 10_000 };
const CONNECT_MAX_MS = 5_000;
/** A connection that answers no ping for two of these is gone. */
const PING_MS = 10_000;

/**
 * Show progress over NATS for as long as the agent runs.
 *
 * Connects in the background, again and again, for ever. Meanwhile the last event of each job waits; more is never kept.
 * The next events go out when the server has answered for the last ones: a slow server sees fewer pictures, not late ones.
 */
export function startProgressPublisher(options: PublisherOptions): ProgressPublisher {
  const stop = new AbortController();
  const outbox = new LatestOutbox();
  const published = repeatSession((signal) => publishOnce({ outbox, options, signal }), {
    signal: stop.signal,
    pauses: PAUSES,
    onFailure: (error, failuresBefore) => {
      // Once for each time that it goes away, not once for each try.
      if (failuresBefore > 0) return;
      const reason = error instanceof Error ? error.message : String(error);
      options.log.warn({ servers: options.servers, reason }, "progress is not shown");
    },
  });
  return {
    publish: (event) => outbox.put(event),
    close: async () => {
      stop.abort();
      await published;
    },
  };
}

async function publishOnce({
  outbox,
  options,
  signal,
}: {
  readonly outbox: LatestOutbox;
  readonly options: PublisherOptions;
  readonly signal: AbortSignal;
}): Promise<void> {
  const connection = await openUnlessAborted(dial(options), {
    signal,
    discard: (late) => late.close(),
  });
  if (connection === null) return;
  const close = (): Promise<void> => connection.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    options.log.info({ servers: options.servers }, "progress is shown");
    await drain(outbox, connection);
    const error = await connection.closed();
    if (!signal.aborted) throw error ?? new Error("the server closed the connection");
  } finally {
    signal.removeEventListener("abort", close);
    await connection.close();
  }
}

/** Publish what waits until the connection closes. */
async function drain(outbox: LatestOutbox, connection: NatsConnection): Promise<void> {
  const over = new AbortController();
  const closed = connection.closed().then(() => over.abort());
  while (!over.signal.aborted) {
    await outbox.filled(over.signal);
    const events = outbox.waiting();
    if (over.signal.aborted) return;
    for (const event of events) {
      connection.publish(renderProgressSubject(event), renderProgressEvent(event));
    }
    // The answer to a ping says that all before it has arrived; a connection that closes never answers.
    await Promise.race([connection.flush(), closed]);
    if (!over.signal.aborted) outbox.remove(events);
  }
}

/**
 * One connection for one life. The client's own reconnecting buffers what is published meanwhile and then drops it, and
 * gives up for good after two refusals.
 */
async function dial(options: PublisherOptions): Promise<NatsConnection> {
  return await connect({
    servers: [...options.servers],
    tls: tlsOptions(options.tls),
    authenticator: jwtAuthenticator(options.jwt, new TextEncoder().encode(options.seed)),
    // The credential allows no other.
    inboxPrefix: `_INBOX_${options.agent}`,
    name: options.agent,
    timeout: CONNECT_MAX_MS,
    pingInterval: PING_MS,
    reconnect: false,
  });
}

/** Always present, so that a server without TLS is refused. What the client does not know it hands to Node's `tls`. */
function tlsOptions({
  caPem,
  serverName,
  client,
}: PublisherTls): NonNullable<ConnectionOptions["tls"]> {
  return {
    ...(caPem === null ? {} : { ca: caPem }),
    ...(serverName === null ? {} : { servername: serverName }),
    ...(client === null ? {} : { cert: client.certificatePem, key: client.keyPem }),
  };
}
