import { z } from "zod";

/**
 * A picture of one attempt, once a second, over NATS. It may be lost, doubled or reordered: nothing but what is shown
 * depends on it. The receiver orders by (attempt, seq), never by arrival.
 *
 * The subject is `stickfarm.v1.progress.<agent>.<jobId>`: an agent's credential lets it publish below its own name only,
 * so that a body which names another agent is a forgery or a fault, and is dropped.
 */
export const PROGRESS_PHASES = [
  "fetch",
  "claim",
  "erase",
  "probe",
  "compare",
  "write",
  "verify",
  "seal",
] as const;

export type ProgressPhase = (typeof PROGRESS_PHASES)[number];

export type ProgressEvent = {
  readonly buildId: string;
  readonly jobId: string;
  readonly agent: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Only grows within an attempt. */
  readonly seq: number;
  /** Milliseconds since 1970 UTC by the agent's clock; for display only. */
  readonly atMs: number;
  readonly phase: ProgressPhase;
  /** Bytes of this phase. */
  readonly doneBytes: number;
  /** Bytes of this phase; 0 when unknown. */
  readonly totalBytes: number;
  /** Bytes a second over the last seconds; 0 when unknown. */
  readonly ratePerSecondBytes: number;
  /** Milliseconds since the drive answered last; 0 while it answers as drives do. */
  readonly silentMs: number;
};

export const PROGRESS_SUBJECT_PREFIX = "stickfarm.v1.progress";

/** An event is about 250 bytes; more is no event of ours. */
const PROGRESS_BYTES_MAX = 4096;

const count = z.int().min(0);
const token = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

const schema = z
  .object({
    buildId: token,
    jobId: token,
    agent: token,
    attempt: count.min(1),
    seq: count,
    atMs: count,
    phase: z.enum(PROGRESS_PHASES),
    doneBytes: count,
    totalBytes: count,
    ratePerSecondBytes: z.number().min(0),
    // Older agents do not tell.
    silentMs: count.default(0),
  })
  .refine((event) => event.totalBytes === 0 || event.doneBytes <= event.totalBytes);

export function renderProgressSubject(event: { readonly agent: string; readonly jobId: string }) {
  return `${PROGRESS_SUBJECT_PREFIX}.${event.agent}.${event.jobId}`;
}

export function renderProgressEvent(event: ProgressEvent): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(event));
}

/**
 * What came in on a subject, or null: not an event, or one whose agent or job is not the subject's.
 *
 * Unknown fields are left out, so that a newer agent can say more.
 */
export function parseProgressEvent(subject: string, body: Uint8Array): ProgressEvent | null {
  if (body.byteLength > PROGRESS_BYTES_MAX) return null;
  const parsed = schema.safeParse(parseJson(body));
  if (!parsed.success) return null;
  return renderProgressSubject(parsed.data) === subject ? parsed.data : null;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // Neither UTF-8 nor JSON: the schema refuses `undefined`.
    return undefined;
  }
}
