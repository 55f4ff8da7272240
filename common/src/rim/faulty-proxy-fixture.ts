import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** What goes wrong on the way back; lengths are of bodies. */
export type ProxyFault =
  | { readonly kind: "none" }
  /** Nothing is answered. */
  | { readonly kind: "silent" }
  | { readonly kind: "status"; readonly status: number }
  /** The connection breaks after so many bytes. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** So many bytes, and a pause, again and again. */
  | { readonly kind: "drip"; readonly bytes: number; readonly everyMs: number }
  /** The first byte is another. */
  | { readonly kind: "wrong" }
  /** Ranges are passed over, as by a simple server. */
  | { readonly kind: "whole" };

export type FaultyProxy = {
  /** Without "/" at its end. */
  readonly url: string;
  fault: ProxyFault;
  /** Method, path and range of each request. */
  readonly calls: string[];
  readonly close: () => Promise<void>;
};

/** For tests: stands before a web server and spoils what it gives. */
export async function startFaultyProxy(
  atEnd: (close: () => Promise<void>) => void,
  target: string,
): Promise<FaultyProxy> {
  const server = createServer((asked, response) => {
    const { range = "whole" } = asked.headers;
    proxy.calls.push(`${asked.method} ${range}`);
    // A reader that goes away, and faults that we make, are no news.
    answer(asked, response, { target, fault: proxy.fault }).catch(() => response.destroy());
  });
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
  atEnd(close);
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${port}`,
    fault: { kind: "none" },
    calls: [],
    close,
  };
  return proxy;
}

async function answer(
  asked: IncomingMessage,
  response: ServerResponse,
  { target, fault }: { readonly target: string; readonly fault: ProxyFault },
): Promise<void> {
  if (fault.kind === "silent") return;
  if (fault.kind === "status") {
    response.writeHead(fault.status).end();
    return;
  }
  const { range, "if-range": ifRange, ...plain } = asked.headers;
  const headers = fault.kind === "whole" ? plain : asked.headers;
  const sending = request(`${target}${asked.url}`, { method: asked.method, headers });
  asked.pipe(sending);
  const [given] = await once(sending, "response");
  const body: Buffer[] = await given.toArray();
  response.writeHead(given.statusCode, given.headers);
  await spoil(Buffer.concat(body), response, fault);
}

async function spoil(bytes: Buffer, response: ServerResponse, fault: ProxyFault): Promise<void> {
  switch (fault.kind) {
    case "cut":
      response.write(bytes.subarray(0, fault.afterBytes), () => response.destroy());
      return;
    case "drip":
      for (let at = 0; at < bytes.length && !response.destroyed; at += fault.bytes) {
        response.write(bytes.subarray(at, at + fault.bytes));
        await wait(fault.everyMs);
      }
      break;
    case "wrong":
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      response.write(bytes);
      break;
    default:
      response.write(bytes);
  }
  response.end();
}
