import type { IncomingMessage } from "node:http";
import type { HttpPlace } from "@stickfarm/common/media/distribution-point";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { gather } from "@stickfarm/common/rim/gather";
import { openPointClient, pointProblem } from "@stickfarm/common/rim/point-client";
import { type BlobServer, pour, type ReadOptions } from "./blob-server.ts";
import { keepPace } from "./keep-pace.ts";

export type HttpPointOptions = {
  readonly name: string;
  readonly place: HttpPlace;
  /** Without a byte for this long the connection counts as broken. */
  readonly silenceMaxMs: number;
};

/** As many blobs as are fetched at once, for one order and a little of the next. */
const CONNECTIONS_MAX = 8;
/** Versions of half-fetched blobs that are remembered. */
const ETAGS_MAX = 64;

/**
 * A distribution point that is a web server. What was begun is gone on with by Range; If-Range asks for the version that
 * it was begun with. A server without ranges sends all again, of which what is here already is passed over.
 */
export function openHttpPoint({ name, place, silenceMaxMs }: HttpPointOptions): BlobServer {
  const options = { ...place, name, silenceMaxMs, connectionsMax: CONNECTIONS_MAX };
  const client = openPointClient(options);
  const etags = new Map<string, string>();
  return {
    name,
    read: async (blob, startByte, options) => {
      const { sha256 } = blob;
      const doing = `Cannot fetch content ${sha256}`;
      const etag = etags.get(sha256);
      const asked = await client.ask({
        doing,
        method: "GET",
        sha256,
        headers: startByte === 0 ? {} : rangeHeaders(startByte, etag),
        statuses: startByte === 0 ? [200] : [200, 206],
        signal: options.signal,
      });
      if (!asked.ok) return asked;
      const response = asked.value;
      const where = `${doing} from distribution point "${name}"`;
      const problem = whyNotTaken(response, { where, blob, startByte, etag });
      if (problem !== null) {
        response.destroy();
        etags.delete(sha256);
        return fail(problem);
      }
      remember(etags, sha256, response.headers.etag);
      const passedBytes = response.statusCode === 206 ? 0 : startByte;
      const read = await takeBody(response, { where, blob, startByte, passedBytes }, options);
      if (read.ok) etags.delete(sha256);
      return read;
    },
    close: client.close,
  };
}

function rangeHeaders(startByte: number, etag: string | undefined): Record<string, string> {
  const range = { range: `bytes=${startByte}-` };
  return etag === undefined ? range : { ...range, "if-range": etag };
}

type Part = { readonly where: string; readonly blob: BlobRef; readonly startByte: number };

function whyNotTaken(
  { statusCode, headers }: IncomingMessage,
  { where, blob, startByte, etag }: Part & { readonly etag: string | undefined },
): Problem | null {
  const { sizeBytes } = blob;
  const wrong = (is: string): Problem => ({
    code: "content_digest_mismatch",
    detail: `${where}: ${is}`,
  });
  if (headers["content-encoding"] !== undefined)
    return {
      code: "point_unreachable",
      detail: `${where}: it sends "${headers["content-encoding"]}", must send the bytes as they are`,
    };
  if (statusCode === 206) {
    const range = headers["content-range"];
    if (range === `bytes ${startByte}-${sizeBytes - 1}/${sizeBytes}`) return null;
    return wrong(`it sends "${range}", must send bytes ${startByte} to ${sizeBytes - 1}`);
  }
  if (startByte > 0 && etag !== undefined && headers.etag !== etag)
    return wrong("it has changed there since it was begun");
  const length = headers["content-length"];
  if (length === undefined || Number(length) === sizeBytes) return null;
  return wrong(`it has ${length} bytes there, must have ${sizeBytes}`);
}

/** Weak ones say nothing about bytes. Source: RFC 9110, 13.1.5. */
function remember(etags: Map<string, string>, sha256: string, etag: string | undefined): void {
  etags.delete(sha256);
  if (etag === undefined || etag.startsWith("W/")) return;
  etags.set(sha256, etag);
  const [oldest] = etags.keys();
  if (etags.size > ETAGS_MAX && oldest !== undefined) etags.delete(oldest);
}

async function takeBody(
  body: AsyncIterable<Uint8Array>,
  { where, blob, startByte, passedBytes }: Part & { readonly passedBytes: number },
  { take, signal, pace }: ReadOptions,
): Promise<Result<void>> {
  const leftBytes = blob.sizeBytes - startByte;
  let cameBytes = 0;
  const count = (bytes: Uint8Array): Promise<Result<void>> => {
    cameBytes += bytes.length;
    return take(bytes);
  };
  try {
    const bytes = passOver(keepPace(body, pace), passedBytes);
    const poured = await pour(gather(bytes, leftBytes), count);
    if (!poured.ok) return poured;
  } catch (error) {
    return fail(pointProblem(where, error, signal));
  }
  // Without a Content-Length nothing else tells a connection that ended early from a whole answer.
  if (cameBytes >= leftBytes) return ok(undefined);
  const detail = `${where}: it ended after ${cameBytes} of ${leftBytes} bytes`;
  return fail({ code: "point_unreachable", detail });
}

async function* passOver(
  source: AsyncIterable<Uint8Array>,
  passedBytes: number,
): AsyncGenerator<Uint8Array> {
  let leftBytes = passedBytes;
  for await (const bytes of source) {
    if (leftBytes < bytes.length) yield bytes.subarray(leftBytes);
    leftBytes = Math.max(0, leftBytes - bytes.length);
  }
}
