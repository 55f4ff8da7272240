import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import { buffer } from "node:stream/consumers";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import { parseProblemHttp } from "@stickfarm/common/wire/problem-http";
import { expect, test, vi } from "vitest";
import type { CertifiedKey } from "../trust/create-authority.ts";
import { createTestFarm } from "../trust/test-farm.ts";
import type { FrontLimits } from "./limits.ts";
import { openFront } from "./open-front.ts";
import type { HandleHttp } from "./open-http-front.ts";

vi.setConfig({ testTimeout: 30_000 });

const sayWho: HandleHttp = async (identity, _request, response) => {
  response.end(`${identity.role} ${identity.name}`);
};

test("openHttpFront() gives the handler the identity of each connection", async () => {
  await using front = await openTestFront(sayWho);
  const { farm } = front;
  const callers = await Promise.all([
    ...Array.from({ length: 20 }, (_, index) => farm.agent(`ws-${index}`)),
    farm.operator("ops"),
  ]);
  const answers = await Promise.all(callers.map((key) => front.get(key)));
  expect(answers.map(({ body }) => body.toString())).toEqual([
    ...Array.from({ length: 20 }, (_, index) => `agent ws-${index}`),
    "operator ops",
  ]);
});

test("openHttpFront() answers 401 with the reason, and never calls the handler, for strangers", async () => {
  const handler = vi.fn(sayWho);
  await using front = await openTestFront(handler);
  const elsewhere = await createTestFarm();
  const dayMs = 24 * 3600_000;
  const refused: readonly (readonly [CertifiedKey | null, RegExp])[] = [
    [null, /Cannot GET "\/content\/x": there is no client certificate/],
    [await front.farm.agent("ws-1", Date.now() - 91 * dayMs), /has expired/],
    [await elsewhere.operator("ops"), /this farm has not issued/],
    [front.farm.tls, /not made for clients/],
  ];
  for (const [key, reason] of refused) {
    const { status, body } = await front.get(key);
    expect(status).toBe(401);
    const problem = parseProblemHttp(status, body);
    expect(problem.code).toBe("unauthenticated");
    expect(problem.detail).toMatch(reason);
  }
  expect(handler).not.toHaveBeenCalled();
});

test("openHttpFront() lets the answer to a refused upload reach the sender", async () => {
  await using front = await openTestFront(sayWho);
  const { status } = await front.send(null, { method: "PUT" }, Buffer.alloc(8 * 1024 * 1024));
  expect(status).toBe(401);
});

test("openHttpFront() serves answers without content, and several on one connection", async () => {
  const sockets = new Set<unknown>();
  await using front = await openTestFront(async (_, { socket }, response) => {
    sockets.add(socket);
    response.writeHead(204).end();
  });
  const key = await front.farm.agent("ws-1");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const method of ["GET", "HEAD", "GET"]) {
    const { status, body } = await front.send(key, { method, agent });
    expect([status, body.length]).toEqual([204, 0]);
  }
  expect(sockets.size).toBe(1);
  agent.destroy();
});

test("openHttpFront() carries large bodies both ways", async () => {
  await using front = await openTestFront(async (_, incoming, response) => {
    response.end(await buffer(incoming));
  });
  const sent = Buffer.alloc(16 * 1024 * 1024, "0123456789abcdef");
  const { body } = await front.send(await front.farm.operator("ops"), { method: "PUT" }, sent);
  expect(body.equals(sent)).toBe(true);
});

test("openHttpFront() logs what a handler throws and tells the caller no more than 500", async () => {
  await using front = await openTestFront(async (_, incoming) => {
    await buffer(incoming);
    throw new Error("canary-5e0b");
  });
  const key = await front.farm.operator("ops");
  const { status, body } = await front.send(key, { method: "PUT" }, Buffer.from("body"));
  expect(status).toBe(500);
  expect(body.toString()).not.toContain("canary");
  expect(front.logged).toMatchObject([{ err: new Error("canary-5e0b") }]);
});

test("openHttpFront() cuts an answer short that breaks half-way", async () => {
  await using front = await openTestFront(async (_, _incoming, response) => {
    response.writeHead(200, { "content-length": "100" });
    await new Promise<void>((resolve) => response.write("half", () => resolve()));
    throw new Error("disk gone");
  });
  const key = await front.farm.agent("ws-1");
  await expect(front.get(key)).rejects.toThrow(/aborted|hang up|ECONNRESET/);
});

test("openHttpFront() cuts headers that never end", async () => {
  await using front = await openTestFront(sayWho, { headersMs: 300 });
  const socket = await front.connect(await front.farm.agent("ws-1"));
  socket.write("GET / HTTP/1.1\r\nx-slow: ");
  const answer = await buffer(socket);
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 408/);
});

test("openHttpFront() cuts a body that stands still", async () => {
  await using front = await openTestFront(
    async (_, incoming) => void (await buffer(incoming).catch(() => {})),
    { httpIdleMs: 300 },
  );
  const socket = await front.connect(await front.farm.operator("ops"));
  socket.write("PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf");
  await once(socket.resume(), "close");
});

test("openHttpFront() refuses headers beyond its limit", async () => {
  await using front = await openTestFront(sayWho);
  const headers = { "x-long": "x".repeat(32 * 1024) };
  const { status } = await front.send(await front.farm.agent("ws-1"), { headers });
  expect(status).toBe(431);
});

type Answer = { readonly status: number; readonly body: Buffer };

async function openTestFront(handleHttp: HandleHttp, limits: Partial<FrontLimits> = {}) {
  const farm = await createTestFarm();
  const logged: object[] = [];
  const opened = await openFront({
    listen: { host: "127.0.0.1", port: 0 },
    tls: farm.tls,
    services: [],
    handleHttp,
    log: { info: () => {}, warn: () => {}, error: (fields) => void logged.push(fields) },
    limits,
  });
  if (!opened.ok) throw new Error(opened.problem.detail);
  const front = opened.value;
  const optionsFor = (key: CertifiedKey | null): ConnectionOptions => ({
    host: "localhost",
    port: front.port,
    ca: farm.tls.caPem,
    ...(key === null ? {} : { cert: key.certificatePem, key: key.keyPem }),
    servername: CONTROLLER_HOST,
  });
  const send = async (
    key: CertifiedKey | null,
    options: RequestOptions,
    body?: Buffer,
  ): Promise<Answer> => {
    const sending = request({ agent: false, path: "/content/x", ...optionsFor(key), ...options });
    const sent = new Promise<void>((resolve) => sending.end(body, resolve));
    const [response]: IncomingMessage[] = await once(sending, "response");
    await sent;
    if (response === undefined) throw new Error("no response");
    return { status: response.statusCode ?? 0, body: await buffer(response) };
  };
  return {
    farm,
    logged,
    send,
    get: (key: CertifiedKey | null) => send(key, { method: "GET" }),
    connect: async (key: CertifiedKey) => {
      const socket = connectTls(optionsFor(key));
      await once(socket, "secureConnect");
      return socket;
    },
    [Symbol.asyncDispose]: () => front.close(0),
  };
}
