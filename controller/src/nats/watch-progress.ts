import type { Log } from "@stickfarm/common/log";
import { openUnlessAborted, repeatSession } from "@stickfarm/common/rim/repeat-session";
import { type ProgressEvent, parseProgressEvent } from "@stickfarm/common/wire/progress";
import { AckPolicy, DeliverPolicy, type NatsConnection, nanos } from "nats";
import { connectNats, type NatsServers } from "./connect-nats.ts";
import { ensureProgressStream, PROGRESS_STREAM, PROGRESS_SUBJECTS } from "./progress-stream.ts";

export type ProgressWatch = { close(): Promise<void> };

export type WatchOptions = NatsServers & {
  /**
   * Called for each event that is one; what is known already comes again after each connect, and live events overtake
   * it: order by `LatestProgress`. Must not throw.
   */
  readonly onEvent: (event: ProgressEvent) => void;
  readonly log: Log;
};

const PAUSES = { firstMs: 100, mostMs: 5_000, settledMs: 10_000 };
const BATCH_MESSAGES = 500;
const BATCH_MAX_MS = 5_000;
/** A consumer that we could not delete is deleted by the server. */
const CONSUMER_IDLE_MS = 30_000;

/**
 * Follow the progress of all agents for as long as the controller runs.
 *
 * Returns at once and connects in the background, again and again, for ever: no NATS means no pictures and nothing else.
 * Each time it first listens, then asks for the last event of each job, so that none falls between.
 */
export function startProgressWatch(options: WatchOptions): ProgressWatch {
  const stop = new AbortController();
  const watched = repeatSession((signal) => watchOnce(options, signal), {
    signal: stop.signal,
    pauses: PAUSES,
    onFailure: (error, failuresBefore) => {
      // Once for each time that it goes away, not once for each try.
      if (failuresBefore === 0) options.log.warn(factsOf(options, error), "no progress from NATS");
    },
  });
  return {
    close: async () => {
      stop.abort();
      await watched;
    },
  };
}

async function watchOnce(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const connection = await openUnlessAborted(connectNats(options), {
    signal,
    discard: (late) => late.close(),
  });
  if (connection === null) return;
  const close = (): Promise<void> => connection.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    await follow(connection, options);
    const error = await connection.closed();
    if (!signal.aborted) throw error ?? new Error("the server closed the connection");
  } finally {
    signal.removeEventListener("abort", close);
    await connection.close();
  }
}

async function follow(connection: NatsConnection, options: WatchOptions): Promise<void> {
  const take = (subject: string, body: Uint8Array): void => {
    const event = parseProgressEvent(subject, body);
    if (event !== null) options.onEvent(event);
  };
  connection.subscribe(PROGRESS_SUBJECTS, {
    callback: (error, message) => {
      if (error === null) take(message.subject, message.data);
    },
  });
  // The server knows of the subscription before anything is asked.
  await connection.flush();
  options.log.info({ servers: options.servers }, "progress comes from NATS");
  try {
    await catchUp(connection, take);
  } catch (error) {
    // Live events need no stream: a cluster may refuse us JetStream and still carry them.
    if (connection.isClosed()) return;
    options.log.warn(factsOf(options, error), "no stream of last progress");
  }
}

async function catchUp(
  connection: NatsConnection,
  take: (subject: string, body: Uint8Array) => void,
): Promise<void> {
  const manager = await connection.jetstreamManager();
  await ensureProgressStream(manager);
  const { name, num_pending } = await manager.consumers.add(PROGRESS_STREAM, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.LastPerSubject,
    // 2.9 wants it said, although it is all of the stream.
    filter_subject: PROGRESS_SUBJECTS,
    inactive_threshold: nanos(CONSUMER_IDLE_MS),
    mem_storage: true,
  });
  const consumer = await connection.jetstream().consumers.get(PROGRESS_STREAM, name);
  for (let left = num_pending; left > 0; left -= BATCH_MESSAGES) {
    const batch = await consumer.fetch({
      max_messages: Math.min(left, BATCH_MESSAGES),
      expires: BATCH_MAX_MS,
    });
    for await (const message of batch) take(message.subject, message.data);
  }
  await consumer.delete();
}

function factsOf(options: WatchOptions, error: unknown): object {
  return {
    servers: options.servers,
    reason: error instanceof Error ? error.message : String(error),
  };
}
