import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Log } from "@stickfarm/common/log";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { openAuthority } from "../trust/test-authority.ts";
import { openBlobServer } from "./blob-server.ts";
import { openContentCache } from "./content-cache.ts";
import { startPieceHasher } from "./piece-hashes.ts";

/** Source: RFC 5280, 4.2.1.12. */
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

export type TestCall = { readonly sha256: string; readonly startByte: number };
/** Answers in the library's place: the bytes are those that were asked for. True when it has. */
export type Fault = (response: ServerResponse, bytes: Buffer, call: TestCall) => boolean;

export const NO_LOG: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** For tests: a content library behind TLS that does what the controller's does, until a fault is set. */
export class TestLibrary {
  readonly calls: TestCall[] = [];
  readonly sockets = new Set<unknown>();
  /** Every connection has shown a certificate of the farm. */
  isEveryoneKnown = true;
  fault: Fault = () => false;
  readonly #blobs = new Map<string, Buffer>();

  add(bytes: Buffer): BlobRef {
    const blob = refOf(bytes);
    this.#blobs.set(blob.sha256, bytes);
    return blob;
  }

  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    const sha256 = /^\/content\/([0-9a-f]{64})$/.exec(request.url ?? "")?.[1] ?? "";
    const startByte = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const call = { sha256, startByte };
    this.calls.push(call);
    this.sockets.add(request.socket);
    if (!("authorized" in request.socket && request.socket.authorized))
      this.isEveryoneKnown = false;
    const all = this.#blobs.get(sha256);
    if (all === undefined) {
      const problem = { code: "content_missing", detail: "Cannot GET: it is not in the library" };
      response.writeHead(404).end(JSON.stringify(problem));
      return;
    }
    const bytes = all.subarray(startByte);
    if (this.fault(response, bytes, call)) return;
    response.writeHead(startByte === 0 ? 200 : 206, { "content-length": bytes.length }).end(bytes);
  };
}

export async function openTestLibrary(
  atEnd: (close: () => Promise<void>) => void,
  silenceMaxMs = 10_000,
) {
  const library = new TestLibrary();
  const authority = await openAuthority();
  const [own, client] = await Promise.all([SERVER_AUTH, CLIENT_AUTH].map(authority.issue));
  if (own === undefined || client === undefined) throw new Error("two keys were asked for");
  const server = createServer(
    { cert: own.pem, key: own.keyPem, ca: authority.pem, requestCert: true },
    library.answer,
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A string only for pipes.
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  const blobServer = openBlobServer({
    address: `127.0.0.1:${port}`,
    caPem: authority.pem,
    certificatePem: client.pem,
    keyPem: client.keyPem,
    silenceMaxMs,
  });
  atEnd(async () => {
    blobServer.close();
    await close();
  });
  return { library, blobServer, port, close };
}

export function refOf(bytes: Buffer): BlobRef {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
}

/** Bytes without a pattern, the same for the same seed. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** A cache in a folder of its own that fetches from a test library; `openAgain` is the agent's next run. */
export async function openTestCache(
  atEnd: (close: () => Promise<void>) => void,
  silenceMaxMs?: number,
) {
  const directory = join(await makeTemporaryFolder(atEnd), "cache");
  const { library, blobServer, close } = await openTestLibrary(atEnd, silenceMaxMs);
  const openAgain = () =>
    openContentCache(directory, blobServer, new AbortController().signal, {
      retryMs: 1,
      log: NO_LOG,
    });
  return { library, directory, close, openAgain, cache: await openAgain() };
}

export function piecesOf(bytes: Buffer): Buffer {
  const hasher = startPieceHasher();
  hasher.update(bytes);
  return Buffer.from(hasher.finish());
}

export function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
