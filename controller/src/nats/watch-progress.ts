import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "@stickfarm/common/log";
import { openUnlessAborted, repeatSession } from "@stickfarm/common/rim/repeat-session";
import { type ProgressEvent, parseProgressEvent } from "@stickfarm/common/wire/progress";
import {
  AckPolicy,
  createInbox,
  DeliverPolicy,
  type JetStreamManager,
  type NatsConnection,
  nanos,
} from "nats";
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
const CATCH_UP_AGAIN_MS = 5_000;
/** The server deletes a consumer whose inbox nobody reads. */
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
    // A connection that closes leaves its open questions unanswered for ever.
    const closed = connection.closed();
    await Promise.race([follow(connection, options), closed]);
    const error = await closed;
    if (!signal.aborted) throw error ?? new Error("the server closed the connection");
  } finally {
    signal.removeEventListener("abort", close);
    await connection.close();
  }
}

type Take = (subject: string, body: Uint8Array) => void;

async function follow(connection: NatsConnection, options: WatchOptions): Promise<void> {
  const take: Take = (subject, body) => {
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
  await catchUpAtLast(connection, options, take);
}

/** Live events need no stream: a cluster may refuse us JetStream, or have none for a while, and still carry them. */
async function catchUpAtLast(
  connection: NatsConnection,
  options: WatchOptions,
  take: Take,
): Promise<void> {
  for (let failures = 0; !connection.isClosed(); failures += 1) {
    try {
      await catchUp(connection, take);
      options.log.info({ servers: options.servers }, "progress comes from NATS");
      return;
    } catch (error) {
      if (failures === 0 && !connection.isClosed()) {
        options.log.warn(factsOf(options, error), "progress comes from NATS, but no last events");
      }
    }
    await pause(CATCH_UP_AGAIN_MS, undefined, { ref: false });
  }
}

/**
 * Have the last event of each job sent to an inbox, as many as there are now.
 *
 * A consumer that pushes, because one that is asked complains on stderr when its connection closes.
 */
async function catchUp(connection: NatsConnection, take: Take): Promise<void> {
  const manager = await connection.jetstreamManager();
  await ensureProgressStream(manager);
  const inbox = createInbox();
  const subscription = connection.subscribe(inbox, {
    callback: (error, message) => {
      if (error === null) take(message.subject, message.data);
    },
  });
  try {
    // Some may have come before the answer. Zero would mean without end.
    const all = await addConsumer(manager, inbox);
    if (all > 0) subscription.unsubscribe(all);
    else subscription.unsubscribe();
  } catch (error) {
    subscription.unsubscribe();
    throw error;
  }
}

/** How many events it will send: those that have gone already and those that wait. */
async function addConsumer(manager: JetStreamManager, inbox: string): Promise<number> {
  const { delivered, num_pending } = await manager.consumers.add(PROGRESS_STREAM, {
    deliver_subject: inbox,
    deliver_policy: DeliverPolicy.LastPerSubject,
    // 2.9 wants it said, although it is all of the stream.
    filter_subject: PROGRESS_SUBJECTS,
    ack_policy: AckPolicy.None,
    inactive_threshold: nanos(CONSUMER_IDLE_MS),
    mem_storage: true,
  });
  return delivered.consumer_seq + num_pending;
}

function factsOf(options: WatchOptions, error: unknown): object {
  return {
    servers: options.servers,
    reason: error instanceof Error ? error.message : String(error),
  };
}
