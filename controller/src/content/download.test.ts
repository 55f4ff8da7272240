import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import type { HandleHttp } from "../front/open-http-front.ts";
import { blobOf, openTestContent } from "./content-fixture.ts";
import { downloadBlobs } from "./download.ts";

vi.setConfig({ testTimeout: 20_000 });

const LARGE = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const LARGE_BLOB = blobOf(LARGE);

test("downloadBlobs() brings each blob once, under its digest", async () => {
  const { calls, library, client, directory } = await open();
  const small = Array.from({ length: 20 }, (_, index) => Buffer.from(`${index}`));
  const all = [LARGE, ...small, Buffer.alloc(0)];
  for (const bytes of all) await library.putBytes(bytes);
  const seen: number[][] = [];
  const onProgress = (...progress: number[]) => seen.push(progress);
  const blobs = [...all, ...all].map(blobOf);
  expect(await downloadBlobs(client, blobs, { directory, onProgress })).toEqual(ok(undefined));
  for (const bytes of all)
    expect(await readFile(join(directory, blobOf(bytes).sha256))).toEqual(bytes);
  expect((await readdir(directory)).length).toBe(all.length);
  expect(calls.length).toBe(all.length);
  expect(seen.at(-1)).toEqual([300_030, 300_030]);
});

test("downloadBlobs() does not ask for what is there, and brings again what is not what its name says", async () => {
  const { calls, library, client, directory } = await open();
  await library.putBytes(LARGE);
  await writeFile(join(directory, LARGE_BLOB.sha256), "something else");
  expect(await downloadBlobs(client, [LARGE_BLOB], { directory })).toEqual(ok(undefined));
  expect(await downloadBlobs(client, [LARGE_BLOB], { directory })).toEqual(ok(undefined));
  expect(await readFile(join(directory, LARGE_BLOB.sha256))).toEqual(LARGE);
  expect(calls).toEqual([undefined]);
});

test("downloadBlobs() goes on where a connection broke", async () => {
  const { calls, library, client, directory } = await open((handle) => {
    let broken = false;
    return async (identity, request, response) => {
      if (broken) return handle(identity, request, response);
      broken = true;
      response.writeHead(200, { "content-length": LARGE.length });
      response.write(LARGE.subarray(0, 100_000), () => response.socket?.destroySoon());
    };
  });
  await library.putBytes(LARGE);
  const options = { directory, retryMs: 1 };
  expect(await downloadBlobs(client, [LARGE_BLOB], options)).toEqual(ok(undefined));
  expect(await readFile(join(directory, LARGE_BLOB.sha256))).toEqual(LARGE);
  expect(calls).toEqual([undefined, "bytes=100000-"]);
});

test("downloadBlobs() goes on where an earlier run ended, and throws away what is no part of the blob", async () => {
  const { calls, library, client, directory } = await open();
  await library.putBytes(LARGE);
  const path = join(directory, LARGE_BLOB.sha256);
  for (const left of [LARGE.subarray(0, 7), LARGE, Buffer.alloc(5), Buffer.alloc(400_000)]) {
    await writeFile(path, "");
    await writeFile(`${path}.partial`, left);
    const options = { directory, retryMs: 1 };
    expect(await downloadBlobs(client, [LARGE_BLOB], options)).toEqual(ok(undefined));
    expect(await readFile(path)).toEqual(LARGE);
  }
  expect(calls).toEqual(["bytes=7-", "bytes=5-", undefined, undefined]);
});

test("downloadBlobs() never gives wrong bytes the name of the right ones", async () => {
  const { client, directory } = await open(() => async (_, __, response) => {
    response.end(Buffer.alloc(LARGE.length));
  });
  const options = { directory, retryMs: 1 };
  expect(await downloadBlobs(client, [LARGE_BLOB], options)).toMatchObject({
    problem: { code: "content_digest_mismatch", detail: expect.stringContaining("300000 bytes") },
  });
  expect(await readdir(directory)).toEqual([]);
});

test("downloadBlobs() says what the library has not got, and stops", async () => {
  const { client, directory } = await open();
  expect(await downloadBlobs(client, [LARGE_BLOB], { directory })).toMatchObject({
    problem: { code: "content_missing" },
  });
});

test("downloadBlobs() needs its folder", async () => {
  const { client, library } = await open();
  await library.putBytes(LARGE);
  const options = { directory: "/nonexistent" };
  expect(await downloadBlobs(client, [LARGE_BLOB], options)).toMatchObject({
    problem: { code: "path_missing" },
  });
});

test("downloadBlobs() stops when it is told, and keeps what came", async () => {
  const stop = new AbortController();
  const { client, directory } = await open(() => async (_, __, response) => {
    response.writeHead(200, { "content-length": LARGE.length });
    response.write(LARGE.subarray(0, 270_000));
  });
  const onProgress = (doneBytes: number) => doneBytes > 0 && stop.abort();
  const options = { directory, signal: stop.signal, onProgress };
  expect(await downloadBlobs(client, [LARGE_BLOB], options)).toMatchObject({
    problem: { code: "canceled" },
  });
  const left = await readFile(join(directory, `${LARGE_BLOB.sha256}.partial`));
  expect(left.length > 0 && LARGE.subarray(0, left.length).equals(left)).toBe(true);
});

/** The ranges that were asked for are `calls`. */
async function open(wrap: (handle: HandleHttp) => HandleHttp = (handle) => handle) {
  const calls: (string | undefined)[] = [];
  const { library, openClient } = await openTestContent(onTestFinished, (handle) => {
    const wrapped = wrap(handle);
    return async (identity, request, response) => {
      calls.push(request.headers.range);
      await wrapped(identity, request, response);
    };
  });
  const directory = await makeTemporaryFolder(onTestFinished);
  return { calls, library, client: openClient("operator"), directory };
}
