import { PROGRESS_SUBJECT_PREFIX } from "@stickfarm/common/wire/progress";
import {
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
} from "nats";

export const PROGRESS_STREAM = "STICKFARM_PROGRESS";
export const PROGRESS_SUBJECTS = `${PROGRESS_SUBJECT_PREFIX}.>`;

/** 60,000 jobs of one event each. */
const STREAM_BYTES_MAX = 32 * 1024 * 1024;
const MAX_AGE_MS = 24 * 60 * 60_000;
/** JetStream's code for a stream that is not there. */
const STREAM_NOT_FOUND = 10_059;

/**
 * Make the stream that keeps the last event of each job, or bring its settings up to date.
 *
 * In memory, because progress is nobody's truth: after a restart of the server the agents' next events are there within
 * a second, and no disk is written once a second for each drive.
 */
export async function ensureProgressStream(manager: JetStreamManager): Promise<void> {
  const settings = {
    subjects: [PROGRESS_SUBJECTS],
    max_msgs_per_subject: 1,
    discard: DiscardPolicy.Old,
    max_age: nanos(MAX_AGE_MS),
    max_bytes: STREAM_BYTES_MAX,
  };
  try {
    // Storage and retention are not to be changed: on a cluster they may be the administrator's choice.
    await manager.streams.update(PROGRESS_STREAM, settings);
  } catch (error) {
    if (!isStreamMissing(error)) throw error;
    await manager.streams.add({
      ...settings,
      name: PROGRESS_STREAM,
      storage: StorageType.Memory,
      retention: RetentionPolicy.Limits,
    });
  }
}

function isStreamMissing(error: unknown): boolean {
  return error instanceof NatsError && error.api_error?.err_code === STREAM_NOT_FOUND;
}
