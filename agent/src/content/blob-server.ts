import type { IncomingMessage } from "node:http";
import { Agent, get } from "node:https";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseProblemHttp } from "@stickfarm/common/wire/problem-http";

/** Takes bytes in order; the next ones come when it has settled. */
export type TakeBytes = (bytes: Uint8Array) => Promise<Result<void>>;

/** Where blobs come from. */
export type BlobServer = {
  /**
   * Read a blob from `startByte` to its end.
   *
   * Problems: controller_unreachable (also when the connection broke off), content_missing, unauthenticated, forbidden,
   *           canceled, and those of `take`.
   */
  readonly read: (
    blob: BlobRef,
    startByte: number,
    options: { readonly take: TakeBytes; readonly signal: AbortSignal },
  ) => Promise<Result<void>>;
  readonly close: () => void;
};

export type BlobServerOptions = {
  /** HOST:PORT. */
  readonly address: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
};

const CONNECTIONS_MAX = 8;
/** Without a byte for this long the connection counts as broken. */
const SILENT_MAX_MS = 30_000;
const ERROR_BODY_BYTES_MAX = 16 * 1024;

/** The controller's content library, over HTTPS with the agent's certificate. */
export function openBlobServer(options: BlobServerOptions): BlobServer {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: CONNECTIONS_MAX,
    ca: options.caPem,
    cert: options.certificatePem,
    key: options.keyPem,
    ALPNProtocols: ["http/1.1"],
  });
  return {
    read: async (blob, startByte, { take, signal }) => {
      const url = `https://${options.address}/content/${blob.sha256}`;
      const doing = `Cannot fetch content "${blob.sha256}" from ${options.address}`;
      try {
        const response = await request(url, { agent, startByte, signal });
        const refused = await whyRefused(response, startByte);
        if (refused !== null) return fail(refused);
        return await pour(response, take);
      } catch (error) {
        return fail(networkProblem(doing, error, signal));
      }
    },
    close: () => agent.destroy(),
  };
}

type Asking = { readonly agent: Agent; readonly startByte: number; readonly signal: AbortSignal };

function request(url: string, { agent, startByte, signal }: Asking): Promise<IncomingMessage> {
  const headers = startByte === 0 ? {} : { range: `bytes=${startByte}-` };
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent, headers, signal, timeout: SILENT_MAX_MS }, resolve);
    asked.on("timeout", () =>
      asked.destroy(new Error(`no byte came for ${SILENT_MAX_MS / 1000} s`)),
    );
    asked.on("error", reject);
  });
}

async function whyRefused(response: IncomingMessage, startByte: number): Promise<Problem | null> {
  const status = response.statusCode ?? 0;
  if (status === (startByte === 0 ? 200 : 206)) return null;
  const body: Buffer[] = [];
  let bodyBytes = 0;
  for await (const chunk of response) {
    bodyBytes += chunk.length;
    if (bodyBytes > ERROR_BODY_BYTES_MAX) break;
    body.push(chunk);
  }
  return parseProblemHttp(status, Buffer.concat(body));
}

async function pour(response: IncomingMessage, take: TakeBytes): Promise<Result<void>> {
  for await (const chunk of response) {
    const taken = await take(chunk);
    if (!taken.ok) return taken;
  }
  return ok(undefined);
}

function networkProblem(doing: string, error: unknown, signal: AbortSignal): Problem {
  if (signal.aborted) return { code: "canceled", detail: `${doing}: it was stopped` };
  const words = error instanceof Error ? error.message : String(error);
  return { code: "controller_unreachable", detail: `${doing}: ${words}`, cause: error };
}
