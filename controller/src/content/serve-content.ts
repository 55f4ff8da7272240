import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Identity } from "@stickfarm/common/identity";
import type { Problem } from "@stickfarm/common/problem";
import { renderProblemHttp } from "@stickfarm/common/wire/problem-http";
import type { Library, LibraryRange } from "./library.ts";
import { parseRange } from "./parse-range.ts";

export type HandleContent = (
  identity: Identity,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

type Call = {
  readonly library: Library;
  readonly identity: Identity;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** First half of every problem's sentence. */
  readonly doing: string;
};

/**
 * The content routes, for callers whose certificate has been looked at.
 *
 *   GET, HEAD /content/<sha256>   agents and operators; one range
 *   PUT       /content/<sha256>   operators; Content-Length is demanded, the digest is checked while the body comes in
 *
 * A blob never changes, so its digest is its ETag, and a download may go on where it broke off. Every refusal is a
 * problem as JSON. A reader who goes away closes the file behind him; a sender who goes away leaves nothing.
 */
export function serveContent(library: Library): HandleContent {
  return async (identity, request, response) => {
    const doing = `Cannot ${request.method} "${request.url}"`;
    const call: Call = { library, identity, request, response, doing };
    const sha256 = /^\/content\/([0-9a-f]{64})$/.exec(request.url ?? "")?.[1];
    if (sha256 === undefined) {
      const detail = `${doing}: there is only /content/<sha256>`;
      return refuse(call, { code: "content_unknown", detail });
    }
    switch (request.method) {
      case "GET":
      case "HEAD":
        return sendBlob(call, sha256);
      case "PUT":
        return receiveBlob(call, sha256);
      default:
        response.setHeader("allow", "GET, HEAD, PUT");
        return refuse(call, { code: "usage", detail: `${doing}: no such method` }, 405);
    }
  };
}

async function sendBlob(call: Call, sha256: string): Promise<void> {
  const { library, request, response, doing } = call;
  const sizeBytes = await library.sizeOf(sha256);
  if (sizeBytes === null) {
    const detail = `${doing}: it is not in the library`;
    return refuse(call, { code: "content_missing", detail }, 404);
  }
  const etag = `"${sha256}"`;
  response.setHeader("etag", etag);
  response.setHeader("accept-ranges", "bytes");
  const ifRange = request.headers["if-range"];
  const mayRange = request.method === "GET" && (ifRange === undefined || ifRange === etag);
  const range = parseRange(mayRange ? request.headers.range : undefined, sizeBytes);
  if (range === "unsatisfiable") {
    response.setHeader("content-range", `bytes */${sizeBytes}`);
    return refuse(call, { code: "usage", detail: `${doing}: it ends at byte ${sizeBytes}` }, 416);
  }
  if (range === null) return sendRange(call, sha256, { startByte: 0, endByte: sizeBytes });
  const lastByte = range.endByte - 1;
  response.statusCode = 206;
  response.setHeader("content-range", `bytes ${range.startByte}-${lastByte}/${sizeBytes}`);
  return sendRange(call, sha256, range);
}

async function sendRange(call: Call, sha256: string, range: LibraryRange): Promise<void> {
  const { library, request, response } = call;
  response.setHeader("content-type", "application/octet-stream");
  response.setHeader("content-length", range.endByte - range.startByte);
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  const body = await library.openRange(sha256, range);
  if (!body.ok) return refuse(call, body.problem);
  try {
    await pipeline(body.value, response);
  } catch (error) {
    // A reader who goes away is none of our problems; a disk that fails is, and its reader sees too few bytes.
    if (!isPrematureClose(error)) throw error;
  }
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

async function receiveBlob(call: Call, sha256: string): Promise<void> {
  const { library, identity, request, doing } = call;
  if (identity.role !== "operator") {
    const detail = `${doing}: it needs the role "operator", "${identity.name}" has the role "${identity.role}"`;
    return refuse(call, { code: "forbidden", detail });
  }
  const length = request.headers["content-length"];
  if (length === undefined) {
    return refuse(call, { code: "usage", detail: `${doing}: it has no Content-Length` }, 411);
  }
  const wasHere = await library.has(sha256);
  // Left open, so that an answer gets through when we stop reading half-way.
  const bytes = request.iterator({ destroyOnReturn: false });
  const received = await library.receive({ sha256, sizeBytes: Number(length) }, bytes);
  if (!received.ok) return refuse(call, received.problem);
  answer(call, { status: wasHere ? 200 : 201, headers: {}, body: new Uint8Array() });
}

function refuse(call: Call, problem: Problem, status?: number): void {
  const rendered = renderProblemHttp(problem);
  answer(call, { ...rendered, status: status ?? rendered.status });
}

/**
 * Answer now, but end with the request's body: a sender whose connection is closed while he sends does not read the
 * answer. When he has it, he stops.
 */
function answer(
  { request, response }: Call,
  { status, headers, body }: ReturnType<typeof renderProblemHttp>,
): void {
  response.writeHead(status, { ...headers, "content-length": body.length });
  if (request.closed) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  response.write(body);
  request.resume().once("close", () => response.end());
}
