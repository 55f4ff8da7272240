import { isProblemCode, PROBLEMS, type Problem, type StatusName } from "../problem.ts";

/**
 * A `Problem` on its way through gRPC. Code and detail travel as JSON in the trailer `stickfarm-problem-bin`; the numeric
 * status and the text are what a foreign client shows.
 *
 * The server builds grpc-js's `Metadata` from `problemBytes`; the types here name only what is read, so that this package
 * needs no transport.
 */
export const PROBLEM_METADATA_KEY = "stickfarm-problem-bin";

/** Source: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export const STATUS_NUMBERS = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const satisfies Record<StatusName, number>;

/** Trailers beyond 8 KiB are refused by common peers; text is sent twice and percent-encoded once. */
const DETAIL_LENGTH_MAX = 1500;

export type ProblemStatus = {
  readonly code: number;
  readonly details: string;
  readonly problemBytes: Uint8Array;
};

export function renderProblemStatus(problem: Problem): ProblemStatus {
  return {
    code: STATUS_NUMBERS[PROBLEMS[problem.code].status],
    details: shorten(problem.detail),
    problemBytes: renderProblemBytes(problem),
  };
}

/**
 * What a failed call means: the problem that the other side sent, or what the transport's own status says.
 *
 * Never fails: an error of another kind is `internal`, with the error as cause.
 */
export function parseProblemStatus(error: unknown): Problem {
  const trailer = readTrailer(error);
  const sent = trailer === null ? null : parseProblemBytes(trailer);
  if (sent !== null) return { ...sent, cause: error };
  const details = readText(error, "details") ?? readText(error, "message") ?? String(error);
  const code = readNumber(error, "code");
  switch (code) {
    case 14:
      return unreachable(`it is away, or refuses the connection (${details})`, error);
    case 4:
      return unreachable(`it gave no answer in time (${details})`, error);
    case 16:
      return { code: "unauthenticated", detail: details, cause: error };
    case 7:
      return { code: "forbidden", detail: details, cause: error };
    case 12:
      return {
        code: "protocol_unsupported",
        detail: `Cannot use this method of the controller: ${details}`,
        cause: error,
      };
    default:
      return { code: "internal", detail: details, cause: error };
  }
}

function unreachable(reason: string, cause: unknown): Problem {
  return {
    code: "controller_unreachable",
    detail: `Cannot reach the controller: ${reason}`,
    cause,
  };
}

/** Code and detail as JSON. The cause stays here: it may name what is nobody else's business. */
export function renderProblemBytes({ code, detail }: Problem): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ code, detail: shorten(detail) }));
}

/** A code that this version does not know keeps its detail, so that a newer peer is still understood by a person. */
export function parseProblemBytes(bytes: Uint8Array): Problem | null {
  const value = parseJson(bytes);
  const code = readText(value, "code");
  const detail = readText(value, "detail");
  if (code === null || detail === null) return null;
  return isProblemCode(code)
    ? { code, detail }
    : { code: "internal", detail: `${detail} (${code})` };
}

function shorten(detail: string): string {
  return detail.length > DETAIL_LENGTH_MAX ? `${detail.slice(0, DETAIL_LENGTH_MAX)}…` : detail;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // A trailer that is not ours is no problem of ours; the status decides.
    return null;
  }
}

/** `metadata.get(key)` of grpc-js, without its type: strings for text keys, bytes for `-bin` keys. */
function readTrailer(error: unknown): Uint8Array | null {
  const metadata = readField(error, "metadata");
  const get = readField(metadata, "get");
  if (typeof get !== "function") return null;
  const values: unknown = get.call(metadata, PROBLEM_METADATA_KEY);
  const first: unknown = Array.isArray(values) ? values[0] : undefined;
  return first instanceof Uint8Array ? first : null;
}

function readText(value: unknown, key: string): string | null {
  const field = readField(value, key);
  return typeof field === "string" ? field : null;
}

function readNumber(value: unknown, key: string): number | null {
  const field = readField(value, key);
  return typeof field === "number" ? field : null;
}

function readField(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Reflect.get(value, key);
}
