import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import type { Readable } from "node:stream";
import { CONTROLLER_HOST } from "../identity.ts";
import type { Problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { parseProblemHttp } from "../wire/problem-http.ts";
import { canceled, isCanceled } from "./cancel.ts";
import { exchange } from "./http-exchange.ts";

export type ContentClientOptions = {
  /** HOST:PORT of the controller. */
  readonly address: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly connectionsMax: number;
  /** A connection without a byte in either direction for so long counts as broken. */
  readonly silenceMaxMs?: number;
};

/** The controller's content routes, as both ends call them: few connections, kept open. */
export type ContentClient = {
  /**
   * Ask and wait for the headers of the answer. Its body is the caller's to read to the end or to destroy.
   *
   * Problems: what the controller answers instead, controller_unreachable, canceled.
   */
  readonly ask: (question: Question) => Promise<Result<IncomingMessage>>;
  readonly close: () => void;
};

export type Question = {
  /** First half of every problem's sentence: "Cannot fetch content ab12...". */
  readonly doing: string;
  readonly method: "GET" | "HEAD" | "PUT";
  readonly sha256: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent at the connection's pace; destroyed when the answer comes before its end. */
  readonly body?: Readable;
  /** What counts as an answer; anything else is a problem. */
  readonly statuses: readonly number[];
  readonly signal?: AbortSignal | undefined;
};

const SILENCE_MAX_MS = 60_000;
const PROBLEM_BYTES_MAX = 16 * 1024;

export function openContentClient(options: ContentClientOptions): ContentClient {
  const { address, silenceMaxMs = SILENCE_MAX_MS } = options;
  const agent = new Agent({
    keepAlive: true,
    maxSockets: options.connectionsMax,
    ca: options.caPem,
    cert: options.certificatePem,
    key: options.keyPem,
    servername: CONTROLLER_HOST,
    ALPNProtocols: ["http/1.1"],
  });
  return {
    ask: async (question) => {
      const { doing, statuses, signal } = question;
      if (isCanceled(signal)) return fail(canceled(doing));
      try {
        const { method, sha256, headers = {} } = question;
        const url = `https://${address}/content/${sha256}`;
        const sending = request(url, { agent, method, headers, signal, timeout: silenceMaxMs });
        const response = await exchange(sending, { body: question.body, silenceMaxMs });
        const status = response.statusCode ?? 0;
        if (statuses.includes(status)) return ok(response);
        return fail(parseProblemHttp(status, await readProblem(response)));
      } catch (error) {
        return fail(networkProblem(`${doing} at ${address}`, error, signal));
      }
    },
    close: () => agent.destroy(),
  };
}

/** What a connection that breaks, before the answer or within its body, comes to. */
export function networkProblem(
  doing: string,
  error: unknown,
  signal: AbortSignal | undefined,
): Problem {
  if (isCanceled(signal)) return canceled(doing);
  const words = error instanceof Error ? error.message : String(error);
  return { code: "controller_unreachable", detail: `${doing}: ${words}`, cause: error };
}

async function readProblem(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response) {
    sizeBytes += chunk.length;
    if (sizeBytes > PROBLEM_BYTES_MAX) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
