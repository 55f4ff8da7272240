import { once } from "node:events";
import { readdir, readlink } from "node:fs/promises";
import type { ClientRequest, IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fail } from "@stickfarm/common/result";
import { parseProblemHttp } from "@stickfarm/common/wire/problem-http";
import { expect, onTestFinished, test, vi } from "vitest";
import { blobOf, openTestContent, type TestRole } from "./content-fixture.ts";
import type { Library } from "./library.ts";
import { serveContent } from "./serve-content.ts";

const PATIENT = { timeout: 10_000 };

vi.setConfig({ testTimeout: 20_000 });

const BYTES = Buffer.from("0123456789");
const SHA256 = blobOf(BYTES).sha256;
const PATH = `/content/${SHA256}`;
const NO_PATH = `/content/${"0".repeat(64)}`;

test("serveContent() takes a blob from an operator and gives it to an agent", async () => {
  const { send, library } = await open();
  expect(await send("operator", { method: "PUT", path: PATH }, BYTES)).toMatchObject({
    status: 201,
  });
  expect(await library.sizeOf(SHA256)).toBe(10);
  const got = await send("agent", { path: PATH });
  expect([got.status, got.body.toString()]).toEqual([200, "0123456789"]);
  expect(got.headers).toMatchObject({
    etag: `"${SHA256}"`,
    "accept-ranges": "bytes",
    "content-length": "10",
  });
  expect(await send("operator", { path: PATH })).toMatchObject({ status: 200 });
  expect(await send("operator", { method: "PUT", path: PATH }, BYTES)).toMatchObject({
    status: 200,
  });
});

test("serveContent() answers HEAD without a body", async () => {
  const { send, library } = await open();
  await library.putBytes(BYTES);
  const { status, headers, body } = await send("agent", { method: "HEAD", path: PATH });
  expect([status, headers["content-length"], body.length]).toEqual([200, "10", 0]);
  expect(await send("agent", { method: "HEAD", path: NO_PATH })).toMatchObject({ status: 404 });
});

test.each([
  ["bytes=3-5", undefined, 206, "345", "bytes 3-5/10"],
  ["bytes=7-", `"${SHA256}"`, 206, "789", "bytes 7-9/10"],
  ["bytes=-2", undefined, 206, "89", "bytes 8-9/10"],
  ["bytes=3-5", `"another"`, 200, "0123456789", undefined],
  ["bytes=1-2,4-5", undefined, 200, "0123456789", undefined],
])(
  "serveContent() answers the range %s if it is %s",
  async (range, ifRange, status, body, place) => {
    const { send, library } = await open();
    await library.putBytes(BYTES);
    const headers = { range, ...(ifRange === undefined ? {} : { "if-range": ifRange }) };
    const got = await send("agent", { path: PATH, headers });
    expect([got.status, got.body.toString(), got.headers["content-range"]]).toEqual([
      status,
      body,
      place,
    ]);
  },
);

test("serveContent() refuses a range beyond the end with 416", async () => {
  const { send, library } = await open();
  await library.putBytes(BYTES);
  const got = await send("agent", { path: PATH, headers: { range: "bytes=10-" } });
  expect([got.status, got.headers["content-range"]]).toEqual([416, "bytes */10"]);
});

test.each([
  ["agent", "PUT", PATH, 403, "forbidden"],
  ["operator", "DELETE", PATH, 405, "usage"],
  ["agent", "GET", NO_PATH, 404, "content_missing"],
  ["agent", "GET", "/content/../secrets", 404, "content_unknown"],
  ["agent", "GET", PATH.toUpperCase(), 404, "content_unknown"],
  ["operator", "PUT", `${PATH}/`, 404, "content_unknown"],
] as const)("serveContent() answers %s %s %s with %i", async (who, method, path, status, code) => {
  const { send, library } = await open();
  const got = await send(who, { method, path }, method === "PUT" ? BYTES : undefined);
  expect([got.status, parseProblemHttp(got.status, got.body).code]).toEqual([status, code]);
  expect(await library.has(SHA256)).toBe(false);
});

test("serveContent() refuses a PUT that does not say how long it is", async () => {
  const { send } = await open();
  const headers = { "transfer-encoding": "chunked" };
  const got = await send("operator", { method: "PUT", path: PATH, headers }, BYTES);
  expect(got.status).toBe(411);
});

test("serveContent() refuses other bytes than announced and keeps the connection in use", async () => {
  const { send, library } = await open();
  const large = Buffer.alloc(4 * 1024 * 1024);
  const got = await send("operator", { method: "PUT", path: PATH }, large);
  expect(parseProblemHttp(got.status, got.body)).toMatchObject({
    code: "content_digest_mismatch",
    detail: expect.stringContaining(blobOf(large).sha256),
  });
  expect(await library.has(SHA256)).toBe(false);
});

test("serveContent() tells a sender at once that there is no room", async () => {
  const { start } = await open();
  const headers = { "content-length": String(2 ** 52) };
  const sending = start("operator", { method: "PUT", path: PATH, headers });
  sending.write(BYTES);
  const { status, body } = await readAnswer(sending);
  expect(parseProblemHttp(status, body).code).toBe("disk_full");
  sending.destroy();
});

test("serveContent() answers a sender in the middle of his body when the disk fills up", async () => {
  const problem = { code: "disk_full", detail: "Cannot keep it: full" } as const;
  const { send } = await open((library) => ({
    ...library,
    receive: async (_, bytes) => {
      for await (const chunk of bytes) if (chunk.length > 0) break;
      return fail(problem);
    },
  }));
  const large = Buffer.alloc(8 * 1024 * 1024);
  const { status, body } = await send("operator", { method: "PUT", path: PATH }, large);
  expect(parseProblemHttp(status, body)).toEqual(problem);
});

test("serveContent() leaves nothing of a sender who goes away", async () => {
  const { start, directory, library } = await open();
  const sending = start("operator", {
    method: "PUT",
    path: PATH,
    headers: { "content-length": "10" },
  });
  sending.on("error", () => undefined);
  sending.write("01234");
  await expect.poll(() => readdir(join(directory, "incoming")), PATIENT).toHaveLength(1);
  sending.destroy();
  await expect.poll(() => readdir(join(directory, "incoming")), PATIENT).toHaveLength(0);
  expect(await library.has(SHA256)).toBe(false);
});

test("serveContent() closes the file behind readers who go away or stand still", async () => {
  const { start, directory, errors, library } = await open();
  const large = Buffer.alloc(32 * 1024 * 1024);
  await library.putBytes(large);
  const path = `/content/${blobOf(large).sha256}`;
  const readings = Array.from({ length: 20 }, () => start("agent", { path }));
  for (const reading of readings) {
    const [response]: IncomingMessage[] = await once(reading.end(), "response");
    await once(response ?? reading, "readable");
  }
  // Nobody reads on: what is sent must wait, and the files stay open.
  await expect.poll(() => countOpenFiles(directory), PATIENT).toBe(20);
  for (const reading of readings) reading.on("error", () => undefined).destroy();
  await expect.poll(() => countOpenFiles(directory), PATIENT).toBe(0);
  expect(errors).toEqual([]);
});

type Answer = {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
};

async function open(change: (library: Library) => Library = (library) => library) {
  const { caPem, keys, port, ...content } = await openTestContent(onTestFinished, (_, library) =>
    serveContent(change(library)),
  );
  const start = (who: TestRole, options: RequestOptions): ClientRequest =>
    request({
      agent: false,
      host: "localhost",
      port,
      ca: caPem,
      cert: keys[who].certificatePem,
      key: keys[who].keyPem,
      ...options,
    });
  const send = async (who: TestRole, options: RequestOptions, body?: Buffer): Promise<Answer> => {
    const sending = start(who, options);
    const answered = readAnswer(sending);
    // An answer in the middle of the body leaves a sender whose connection ends with the test.
    sending.on("error", () => undefined).end(body);
    return answered;
  };
  return { start, send, ...content };
}

async function readAnswer(sending: ClientRequest): Promise<Answer> {
  const [response]: IncomingMessage[] = await once(sending, "response");
  if (response === undefined) throw new Error("no response");
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await buffer(response),
  };
}

/** Files below the directory that this process holds open. */
async function countOpenFiles(directory: string): Promise<number> {
  const links = (await readdir("/proc/self/fd")).map((fd) =>
    readlink(`/proc/self/fd/${fd}`).catch(() => ""),
  );
  return (await Promise.all(links)).filter((path) => path.startsWith(directory)).length;
}
