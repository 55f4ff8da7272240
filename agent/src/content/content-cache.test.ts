import { readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok } from "@stickfarm/common/result";
import { expect, onTestFinished, test, vi } from "vitest";
import type { BlobServer } from "./blob-server.ts";
import { openContentCache } from "./content-cache.ts";
import { NO_LOG, noise, openTestCache, piecesOf, refOf, sum } from "./test-library.ts";

vi.setConfig({ testTimeout: 20_000 });

const silent = () => undefined;

test("ensureAll() fetches a blob once for all who wait, with its piece hashes beside it", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const bytes = noise(700_000);
  const blob = library.add(bytes);
  const heard = Array.from({ length: 8 }, () => [] as number[]);
  const all = await Promise.all(
    heard.map((counts) => cache.ensureAll([blob, blob], (count) => counts.push(count))),
  );
  expect(all).toEqual(all.map(() => ok(undefined)));
  expect(library.calls).toEqual([{ sha256: blob.sha256, startByte: 0 }]);
  expect(library.isEveryoneKnown).toBe(true);
  expect(heard.map(sum)).toEqual(heard.map(() => 700_000));
  expect(heard.every((counts) => counts.length > 2)).toBe(true);
  expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
  expect(await readFile(join(directory, `${blob.sha256}.pieces`))).toEqual(piecesOf(bytes));
  expect((await readdir(directory)).sort()).toEqual([blob.sha256, `${blob.sha256}.pieces`]);
  expect((await stat(join(directory, blob.sha256))).mode & 0o077).toBe(0);
});

test("ensureAll() fetches hundreds of small blobs over a few connections", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const blobs = Array.from({ length: 150 }, (_, index) => library.add(noise(index * 7, index)));
  const counts: number[] = [];
  expect(await cache.ensureAll(blobs, (count) => counts.push(count))).toEqual(ok(undefined));
  expect(library.calls).toHaveLength(150);
  expect(library.sockets.size).toBeLessThanOrEqual(8);
  expect(sum(counts)).toBe(sum(blobs.map(({ sizeBytes }) => sizeBytes)));
  expect(await readdir(directory)).toHaveLength(300);
});

test("ensureAll() uses what it knows without asking or hashing again", async () => {
  const { library, cache } = await openTestCache(onTestFinished);
  const blob = library.add(noise(300_000));
  await cache.ensureAll([blob], silent);
  const counts: number[] = [];
  await cache.ensureAll([blob], (count) => counts.push(count));
  expect(library.calls).toHaveLength(1);
  expect(counts).toEqual([300_000]);
});

test("ensureAll() goes on where the connection broke off, as often as each brings something", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const bytes = noise(1_000_000);
  const blob = library.add(bytes);
  library.fault = (response, rest) => {
    if (rest.length <= 100_000) return false;
    response.writeHead(library.calls.length === 1 ? 200 : 206, { "content-length": rest.length });
    response.write(rest.subarray(0, 100_000), () => response.destroy());
    return true;
  };
  expect(await cache.ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(library.calls.length).toBeGreaterThan(5);
  const starts = library.calls.map(({ startByte }) => startByte);
  expect(starts).toEqual([...starts].sort((one, other) => one - other));
  expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
});

test("ensureAll() takes up what a killed agent left half fetched", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const bytes = noise(500_000);
  const blob = library.add(bytes);
  await writeFile(join(directory, `${blob.sha256}.partial`), bytes.subarray(0, 300_001));
  expect(await cache.ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(library.calls).toEqual([{ sha256: blob.sha256, startByte: 300_001 }]);
  expect(await readFile(join(directory, `${blob.sha256}.pieces`))).toEqual(piecesOf(bytes));
});

test.each([
  ["of other bytes", noise(400_000, 7)],
  ["that is too long", noise(500_001, 7)],
  ["as long as the blob, but wrong", noise(500_000, 7)],
])("ensureAll() gets over a half-fetched file %s", async (_, partial) => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const bytes = noise(500_000);
  const blob = library.add(bytes);
  await writeFile(join(directory, `${blob.sha256}.partial`), partial);
  expect(await cache.ensureAll([blob], silent)).toEqual(ok(undefined));
  expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
});

test("ensureAll() needs no connection for what was fetched whole but got no name", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const blob = library.add(noise(500_000));
  await writeFile(join(directory, `${blob.sha256}.partial`), noise(500_000));
  expect(await cache.ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(library.calls).toEqual([]);
});

test("ensureAll() refuses wrong bytes and keeps nothing of them", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const blob = library.add(noise(5000));
  library.fault = (response, bytes) => {
    response.writeHead(200, { "content-length": 5000 }).end(Buffer.alloc(bytes.length, 1));
    return true;
  };
  expect(await cache.ensureAll([blob], silent)).toMatchObject({
    problem: {
      code: "content_digest_mismatch",
      detail: expect.stringContaining("5000 bytes with"),
    },
  });
  expect(library.calls).toHaveLength(1);
  expect(await readdir(directory)).toEqual([]);
});

test("ensureAll() refuses more bytes than were promised, and fewer", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const { sha256 } = library.add(noise(5000));
  for (const sizeBytes of [4000, 6000])
    expect(await cache.ensureAll([{ sha256, sizeBytes }], silent)).toMatchObject({
      problem: { code: "content_digest_mismatch" },
    });
  expect(await readdir(directory)).toEqual([]);
});

test("ensureAll() does not ask again for what the library has not got, and stops the rest", async () => {
  const { library, cache } = await openTestCache(onTestFinished);
  const missing = { ...refOf(noise(100)), sizeBytes: 100 };
  const others = Array.from({ length: 50 }, (_, index) => library.add(noise(50_000, index + 2)));
  expect(await cache.ensureAll([missing, ...others], silent)).toMatchObject({
    problem: { code: "content_missing", detail: "Cannot GET: it is not in the library" },
  });
  expect(library.calls.filter(({ sha256 }) => sha256 === missing.sha256)).toHaveLength(1);
  expect(library.calls.length).toBeLessThan(51);
});

test("ensureAll() gives up on a controller that is gone, or says nothing", async () => {
  const { library, cache, close } = await openTestCache(onTestFinished, 100);
  const blob = library.add(noise(5000));
  library.fault = () => true;
  expect(await cache.ensureAll([blob], silent)).toMatchObject({
    problem: {
      code: "controller_unreachable",
      detail: expect.stringMatching(
        /^Cannot fetch content \w+ at 127.0.0.1:\d+: no byte came for 100 ms/,
      ),
    },
  });
  expect(library.calls).toHaveLength(5);
  await close();
  expect(await cache.ensureAll([blob], silent)).toMatchObject({
    problem: { code: "controller_unreachable", detail: expect.stringContaining("ECONNREFUSED") },
  });
});

test("ensureAll() says disk_full before it asks for what has no room", async () => {
  const { library, cache } = await openTestCache(onTestFinished);
  const blob = { ...refOf(noise(10)), sizeBytes: 2 ** 52 };
  expect(await cache.ensureAll([blob], silent)).toMatchObject({
    problem: { code: "disk_full", detail: expect.stringContaining("4096 TiB") },
  });
  expect(library.calls).toEqual([]);
});

test("ensureAll() gives back what it took of a disk that filled up, and keeps what waits for room", async () => {
  const { library, directory, openAgain } = await openTestCache(onTestFinished);
  const bytes = noise(600_000);
  const blob = library.add(bytes);
  const full = fail({ code: "disk_full", detail: "Cannot write" });
  const filling: BlobServer = {
    name: "local",
    read: async (_, startByte, { take }) => {
      await take(bytes.subarray(startByte, startByte + 100_000));
      return full;
    },
    close: silent,
  };
  const never = new AbortController().signal;
  const cache = await openContentCache(directory, filling, never, { retryMs: 1, log: NO_LOG });
  expect(await cache.ensureAll([blob], silent)).toEqual(full);
  expect(await readdir(directory)).toEqual([]);
  await writeFile(join(directory, `${blob.sha256}.partial`), bytes.subarray(0, 1000));
  const huge = { ...blob, sizeBytes: 2 ** 52 };
  expect(await (await openAgain()).ensureAll([huge], silent)).toMatchObject({
    problem: { code: "disk_full" },
  });
  expect(await readdir(directory)).toEqual([`${blob.sha256}.partial`]);
});

test("ensureAll() goes on for the others when one leaves, and stops when the last one does", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const blob = library.add(noise(2_000_000));
  const hold: (() => void)[] = [];
  library.fault = (response, rest) => {
    response.writeHead(200, { "content-length": rest.length }).write(rest.subarray(0, 1_000_000));
    hold.push(() => response.end(rest.subarray(1_000_000)));
    return true;
  };
  const first = new AbortController();
  const second = new AbortController();
  const heard: number[] = [];
  const leaving = cache.ensureAll([blob], () => first.abort(), first.signal);
  const staying = cache.ensureAll([blob], (count) => heard.push(count), second.signal);
  expect(await leaving).toMatchObject({ problem: { code: "canceled" } });
  hold[0]?.();
  expect(await staying).toEqual(ok(undefined));
  expect(library.calls).toHaveLength(1);

  await rm(join(directory, blob.sha256));
  const alone = new AbortController();
  const stopped = cache.ensureAll([blob], () => alone.abort(), alone.signal);
  expect(await stopped).toMatchObject({ problem: { code: "canceled" } });
  library.fault = () => false;
  expect(await cache.ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(library.calls.at(-1)?.startByte).toBeGreaterThan(0);
});

test.each([
  ["a byte that changed", (path: string) => writeFile(path, noise(600_000, 5))],
  ["a file that was cut", (path: string) => truncate(path, 1000)],
  ["a missing file", (path: string) => rm(path)],
  ["missing piece hashes", (path: string) => rm(`${path}.pieces`)],
  ["piece hashes that were cut", (path: string) => truncate(`${path}.pieces`, 8)],
])("ensureAll() finds %s, in this run or a later one, and fetches anew", async (_, damage) => {
  const { library, cache, directory, openAgain } = await openTestCache(onTestFinished);
  const bytes = noise(600_000);
  const blob = library.add(bytes);
  await cache.ensureAll([blob], silent);
  for (const run of [cache, await openAgain()]) {
    await damage(join(directory, blob.sha256));
    expect(await run.ensureAll([blob], silent)).toEqual(ok(undefined));
    expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
  }
  expect(library.calls).toHaveLength(3);
});

test("ensureAll() checks what an earlier run left, and does not fetch it when it is whole", async () => {
  const { library, cache, openAgain } = await openTestCache(onTestFinished);
  const blob = library.add(noise(600_000));
  await cache.ensureAll([blob], silent);
  const counts: number[] = [];
  const later = await openAgain();
  expect(await later.ensureAll([blob], (count) => counts.push(count))).toEqual(ok(undefined));
  expect([library.calls.length, sum(counts)]).toEqual([1, 600_000]);
});

test("ensureAll() keeps a blob whose check was stopped", async () => {
  const { library, cache, openAgain } = await openTestCache(onTestFinished);
  const blob = library.add(noise(3_000_000));
  await cache.ensureAll([blob], silent);
  const later = await openAgain();
  const stop = new AbortController();
  expect(await later.ensureAll([blob], () => stop.abort(), stop.signal)).toMatchObject({
    problem: { code: "canceled" },
  });
  expect(await later.ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(library.calls).toHaveLength(1);
});

test("doubt() makes the same run look again at what seems untouched", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const blob = library.add(noise(600_000));
  await cache.ensureAll([blob], silent);
  const path = join(directory, blob.sha256);
  const { atime, mtime } = await stat(path);
  await rot(path);
  await utimes(path, atime, mtime);
  cache.doubt();
  await cache.ensureAll([blob], silent);
  expect(library.calls).toHaveLength(2);
});

async function rot(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[400_000] = bytes.readUInt8(400_000) ^ 1;
  await writeFile(path, bytes);
}
