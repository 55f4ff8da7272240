import { type IncomingMessage, Agent as PlainAgent, request as requestPlain } from "node:http";
import { request as requestTls, Agent as TlsAgent } from "node:https";
import type { Readable } from "node:stream";
import { blobPath, type HttpPlace } from "../media/distribution-point.ts";
import type { Problem, ProblemCode } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { canceled, isCanceled } from "./cancel.ts";
import { exchange } from "./http-exchange.ts";

export type PointClientOptions = Omit<HttpPlace, "kind"> & {
  /** Of the distribution point. */
  readonly name: string;
  readonly connectionsMax: number;
  /** A connection without a byte in either direction for so long counts as broken. */
  readonly silenceMaxMs: number;
};

/** A distribution point that is a web server: few connections, kept open. Redirections are not followed. */
export type PointClient = {
  /**
   * Ask and wait for the headers of the answer. Its body is the caller's to read to the end or to destroy.
   *
   * Problems: content_missing, point_unreadable, point_unreachable, canceled.
   */
  readonly ask: (question: PointQuestion) => Promise<Result<IncomingMessage>>;
  readonly close: () => void;
};

export type PointQuestion = {
  /** First half of every problem's sentence: "Cannot fetch content ab12...". */
  readonly doing: string;
  readonly method: "GET" | "HEAD" | "PUT";
  readonly sha256: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Readable;
  /** What counts as an answer; anything else is a problem. */
  readonly statuses: readonly number[];
  readonly signal: AbortSignal | undefined;
};

const WORDS_BYTES_MAX = 16 * 1024;
const CODES: Readonly<Record<number, ProblemCode>> = {
  401: "point_unreadable",
  403: "point_unreadable",
  404: "content_missing",
  410: "content_missing",
};

export function openPointClient(options: PointClientOptions): PointClient {
  const { name, url, caPem, connectionsMax: maxSockets, silenceMaxMs } = options;
  const common = { keepAlive: true, maxSockets };
  const isTls = url.startsWith("https:");
  const agent = isTls
    ? new TlsAgent({ ...common, ...(caPem === null ? {} : { ca: caPem }) })
    : new PlainAgent(common);
  const request = isTls ? requestTls : requestPlain;
  return {
    ask: async (question) => {
      const { doing, method, statuses, signal } = question;
      if (isCanceled(signal)) return fail(canceled(doing));
      const where = `${doing} at distribution point "${name}"`;
      try {
        const headers = { "accept-encoding": "identity", ...question.headers };
        const sending = request(`${url}/${blobPath(question.sha256)}`, {
          agent,
          method,
          headers,
          timeout: silenceMaxMs,
          ...(signal === undefined ? {} : { signal }),
        });
        const response = await exchange(sending, { body: question.body, silenceMaxMs });
        const status = response.statusCode ?? 0;
        if (statuses.includes(status)) return ok(response);
        dropBody(response);
        const code = CODES[status] ?? "point_unreachable";
        const must = statuses.join(" or ");
        return fail({ code, detail: `${where}: it answers ${status}, must answer ${must}` });
      } catch (error) {
        return fail(pointProblem(where, error, signal));
      }
    },
    close: () => agent.destroy(),
  };
}

/** A short one is read, so that the connection may be used again. */
function dropBody(response: IncomingMessage): void {
  const lengthBytes = Number(response.headers["content-length"] ?? Number.POSITIVE_INFINITY);
  if (lengthBytes <= WORDS_BYTES_MAX) response.resume();
  else response.destroy();
}

/** What a connection that breaks, before the answer or within its body, comes to. */
export function pointProblem(
  doing: string,
  error: unknown,
  signal: AbortSignal | undefined,
): Problem {
  if (isCanceled(signal)) return canceled(doing);
  const words = sayError(error);
  return { code: "point_unreachable", detail: `${doing}: ${words}`, cause: error };
}

/** A name with several addresses fails with an error of errors that has no words of its own. */
function sayError(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return sayError(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
