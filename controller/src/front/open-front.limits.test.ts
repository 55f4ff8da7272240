import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import {
  Client,
  credentials,
  type handleBidiStreamingCall,
  type ServerDuplexStream,
} from "@grpc/grpc-js";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import { parseProblemStatus } from "@stickfarm/common/wire/problem-status";
import { expect, test, vi } from "vitest";
import type { CertifiedKey } from "../trust/create-authority.ts";
import { createTestFarm, type TestFarm } from "../trust/test-farm.ts";
import type { FrontLimits } from "./limits.ts";
import { openFront } from "./open-front.ts";

vi.setConfig({ testTimeout: 30_000 });

const LOG = { info: () => {}, warn: () => {}, error: () => {} };
const MESSAGE_BYTES = 256 * 1024;

test("openFront() streams both ways, in order, with messages larger than a flow-control window", async () => {
  await using front = await openTestFront();
  front.serve((call) => {
    call.on("data", (message: Buffer) => call.write(message));
    call.on("end", () => call.end());
  });
  const stream = front.openStream(await front.farm.agent("ws-1"));
  const lengths: number[] = [];
  const marks: number[] = [];
  stream.on("data", (message: Buffer) => {
    lengths.push(message.length);
    marks.push(message.readUInt32LE(MESSAGE_BYTES - 4));
  });
  for (let mark = 0; mark < 64; mark++) {
    const message = Buffer.alloc(MESSAGE_BYTES);
    message.writeUInt32LE(mark, MESSAGE_BYTES - 4);
    if (!stream.write(message)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "end");
  expect(marks).toEqual(Array.from({ length: 64 }, (_, mark) => mark));
  expect(new Set(lengths)).toEqual(new Set([MESSAGE_BYTES]));
});

test("openFront() holds a sender back when its messages are not read", async () => {
  await using front = await openTestFront();
  const called = new Promise<BytesCall>((resolve) => front.serve(resolve));
  const stream = front.openStream(await front.farm.agent("ws-1"));
  const taken = { messages: 0 };
  const sendUntilHeldBack = async () => {
    for (let index = 0; index < 200; index++) {
      await new Promise<void>((done) => stream.write(Buffer.alloc(MESSAGE_BYTES), () => done()));
      taken.messages++;
    }
  };
  const sending = sendUntilHeldBack();
  const call = await called;
  let last = -1;
  await vi.waitFor(
    () => {
      const stands = taken.messages === last;
      last = taken.messages;
      if (!stands) throw new Error(`${last} messages taken, still moving`);
    },
    { timeout: 10_000, interval: 250 },
  );
  expect(last).toBeLessThan(64);
  let received = 0;
  call.on("data", () => received++);
  await sending;
  stream.end();
  await once(call, "end");
  expect(received).toBe(200);
  call.end();
});

test("openFront() refuses a stream before its handler runs", async () => {
  await using front = await openTestFront();
  const handler = vi.fn();
  front.serve(handler);
  const stream = front.openStream(await front.farm.operator("ops"));
  const [error] = await once(stream, "error");
  expect(parseProblemStatus(error).code).toBe("forbidden");
  expect(handler).not.toHaveBeenCalled();
});

test("openFront() refuses a message beyond its limit and goes on", async () => {
  await using front = await openTestFront();
  front.serve((call) =>
    call.on("data", (message: Buffer) => {
      call.write(message);
      call.end();
    }),
  );
  const key = await front.farm.agent("ws-1");
  const large = front.openStream(key);
  large.on("data", () => {});
  large.write(Buffer.alloc(5 * 1024 * 1024));
  const [error] = await once(large, "error");
  expect(error.details).toMatch(/larger than max/);
  const small = front.openStream(key);
  small.write(Buffer.from("still here"));
  const [answer] = await once(small, "data");
  expect(String(answer)).toBe("still here");
});

test("openFront() lets no slow handshake hold others up, and cuts it off", async () => {
  await using front = await openTestFront({ handshakeMs: 1500 });
  const key = await front.farm.agent("ws-1");
  const slow = await Promise.all(
    Array.from({ length: 50 }, async () => await front.open(connectTcp(front.port, "127.0.0.1"))),
  );
  const cut = Promise.all(slow.map((socket) => once(socket, "close")));
  await using _ = await front.handshake(key);
  expect(slow.filter((socket) => socket.closed)).toEqual([]);
  await cut;
});

test("openFront() bounds how many strangers it holds, and how long; agents do not notice", async () => {
  await using front = await openTestFront({ strangers: 2, strangerMs: 1500 });
  await using first = await front.handshake(null);
  await using second = await front.handshake(null);
  await using third = await front.handshake(null);
  await once(third.socket, "close");
  expect([first.socket.closed, second.socket.closed]).toEqual([false, false]);
  await using agent = await front.handshake(await front.farm.agent("ws-1"));
  await Promise.all([first, second].map(({ socket }) => once(socket, "close")));
  expect(agent.socket.closed).toBe(false);
});

test("openFront() speaks TLS 1.3 only and resumes no session", async () => {
  await using front = await openTestFront();
  const key = await front.farm.agent("ws-1");
  await expect(front.handshake(key, { maxVersion: "TLSv1.2" })).rejects.toThrow(/version/);
  await using first = await front.handshake(key);
  expect(first.socket.getProtocol()).toBe("TLSv1.3");
  await using second = await front.handshake(key, { session: first.socket.getSession() });
  expect(second.socket.isSessionReused()).toBe(false);
});

test("openFront() serves its chain with the CA in it", async () => {
  await using front = await openTestFront();
  await using stranger = await front.handshake(null);
  const { issuerCertificate } = stranger.socket.getPeerCertificate(true);
  const sent = `-----BEGIN CERTIFICATE-----\n${issuerCertificate.raw.toString("base64").replace(/.{64}/g, "$&\n")}`;
  expect(front.farm.tls.caPem.replace(/\s/g, "")).toContain(sent.replace(/\s/g, ""));
});

test("openFront() says that its address is taken, or not this machine's", async () => {
  await using front = await openTestFront();
  const listenOn = async (host: string, port: number) => {
    const options = { services: [], handleHttp: async () => {}, log: LOG, tls: front.farm.tls };
    const opened = await openFront({ ...options, listen: { host, port } });
    return opened.ok ? "listens" : `${opened.problem.code}: ${opened.problem.detail}`;
  };
  expect(await listenOn("127.0.0.1", front.port)).toMatch(
    /^listen_failed: Cannot listen on "127.0.0.1:\d+": .*EADDRINUSE/,
  );
  expect(await listenOn("192.0.2.1", 0)).toMatch(/^listen_failed: .*EADDRNOTAVAIL/);
});

test("front.close() ends calls, idle connections and half-open ones", async () => {
  const front = await openTestFront();
  front.serve(() => {});
  const key = await front.farm.agent("ws-1");
  const stream = front.openStream(key);
  stream.write(Buffer.from("begin"));
  stream.resume();
  const failed = once(stream, "error");
  const half = await front.open(connectTcp(front.port, "127.0.0.1"));
  const idle = await front.handshake(key, { ALPNProtocols: ["http/1.1"] });
  const ended = Promise.all([once(half, "close"), once(idle.socket, "close")]);
  await front.close(100);
  await ended;
  expect(parseProblemStatus((await failed)[0]).code).toMatch(/controller_unreachable|internal/);
  await expect(front.open(connectTcp(front.port, "127.0.0.1"))).rejects.toThrow(/ECONNREFUSED/);
});

type BytesCall = ServerDuplexStream<Buffer, Buffer>;

async function openTestFront(limits: Partial<FrontLimits> = {}) {
  const farm = await createTestFarm();
  const clients: Client[] = [];
  let handler: (call: BytesCall) => void = (call) => call.end();
  const bidi: handleBidiStreamingCall<Buffer, Buffer> = (call) => handler(call);
  const opened = await openFront({
    listen: { host: "127.0.0.1", port: 0 },
    tls: farm.tls,
    services: [{ definition: { bidi: BIDI }, implementation: { bidi }, access: "agent" }],
    handleHttp: async () => {},
    log: LOG,
    limits,
  });
  if (!opened.ok) throw new Error(opened.problem.detail);
  const front = opened.value;
  const close = async (graceMs: number) => {
    for (const client of clients) client.close();
    await front.close(graceMs);
  };
  return {
    farm,
    port: front.port,
    serve: (next: (call: BytesCall) => void) => {
      handler = next;
    },
    openStream: (key: CertifiedKey) => {
      const client = new Client(front.address, channelCredentials(farm, key), {
        "grpc.ssl_target_name_override": CONTROLLER_HOST,
      });
      clients.push(client);
      const stream = client.makeBidiStreamRequest<Buffer, Buffer>(BIDI.path, asIs, asIs);
      // A test that ends before its stream has cut it; those who want to see that listen themselves.
      return stream.on("error", () => {});
    },
    open: async (socket: Socket): Promise<Socket> => {
      await once(socket, "connect");
      // Only who reads learns that the other side has closed.
      return socket.resume();
    },
    handshake: (key: CertifiedKey | null, options: ConnectionOptions = {}) =>
      handshake(front.port, farm, key, options),
    close,
    [Symbol.asyncDispose]: () => close(0),
  };
}

const BIDI = {
  path: "/test.Agent/Bidi",
  requestStream: true,
  responseStream: true,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
} as const;

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

async function handshake(
  port: number,
  { tls }: TestFarm,
  key: CertifiedKey | null,
  options: ConnectionOptions,
): Promise<{ socket: TLSSocket } & AsyncDisposable> {
  const socket = connectTls({
    host: "localhost",
    port,
    ca: tls.caPem,
    ...(key === null ? {} : { cert: key.certificatePem, key: key.keyPem }),
    ALPNProtocols: ["h2"],
    servername: CONTROLLER_HOST,
    ...options,
  });
  await once(socket, "secureConnect");
  socket.on("error", () => {});
  socket.resume();
  return {
    socket,
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
    },
  };
}

function channelCredentials({ tls }: TestFarm, key: CertifiedKey) {
  const [ca, privateKey, chain] = [tls.caPem, key.keyPem, key.certificatePem].map((pem) =>
    Buffer.from(pem),
  );
  return credentials.createSsl(ca, privateKey, chain);
}
