import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok } from "@stickfarm/common/result";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BlobServer } from "./blob-server.ts";
import { type ContentCache, openContentCache } from "./content-cache.ts";
import { startPieceHasher } from "./piece-hashes.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "stickfarm-cache-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("ensureAll() fetches a blob once for all who wait, with its piece hashes beside it", async () => {
  const server = new TestServer();
  const blob = server.add(randomish(700_000));
  const cache = await open(server);
  const heard: number[] = [];
  const all = await Promise.all(
    Array.from({ length: 8 }, () => cache.ensureAll([blob, blob], (count) => heard.push(count))),
  );
  expect(all.every(({ ok: good }) => good)).toBe(true);
  expect(server.reads).toEqual([{ sha256: blob.sha256, startByte: 0 }]);
  expect(heard).toEqual(Array(8).fill(700_000));
  expect((await readFile(join(directory, blob.sha256))).equals(randomish(700_000))).toBe(true);
  expect((await readdir(directory)).sort()).toEqual([blob.sha256, `${blob.sha256}.pieces`]);
});

test("ensureAll() goes on where the connection broke off", async () => {
  const server = new TestServer();
  const blob = server.add(randomish(500_000));
  server.breakAt = 200_000;
  expect(await (await open(server)).ensureAll([blob], () => undefined)).toMatchObject({ ok: true });
  expect(server.reads.map(({ startByte }) => startByte)).toEqual([0, 200_000]);
});

test("ensureAll() takes up what a killed agent left half fetched, whatever it is", async () => {
  const server = new TestServer();
  const blob = server.add(randomish(500_000));
  await writeFile(join(directory, `${blob.sha256}.partial`), randomish(500_000).subarray(0, 1000));
  expect(await (await open(server)).ensureAll([blob], () => undefined)).toMatchObject({ ok: true });
  expect(server.reads).toEqual([{ sha256: blob.sha256, startByte: 1000 }]);
});

test("ensureAll() refuses wrong bytes after one fresh try and keeps nothing of them", async () => {
  const server = new TestServer();
  const blob = server.add(randomish(5000));
  server.corrupt = true;
  expect(await (await open(server)).ensureAll([blob], () => undefined)).toMatchObject({
    ok: false,
    problem: { code: "content_digest_mismatch" },
  });
  expect(server.reads).toHaveLength(2);
  expect(await readdir(directory)).toEqual([]);
});

test("ensureAll() refuses more bytes than were promised", async () => {
  const server = new TestServer();
  const blob = { ...server.add(randomish(5000)), sizeBytes: 4000 };
  expect(await (await open(server)).ensureAll([blob], () => undefined)).toMatchObject({
    problem: { code: "content_digest_mismatch" },
  });
  expect(await readdir(directory)).toEqual([]);
});

test.each([
  ["a byte that changed", async (path: string) => writeFile(path, randomish(600_000, 5))],
  ["a file that was cut", async (path: string) => truncate(path, 1000)],
  ["missing piece hashes", async (path: string) => rm(`${path}.pieces`)],
])("a later run of the agent finds %s and fetches the blob again", async (_, damage) => {
  const server = new TestServer();
  const blob = server.add(randomish(600_000));
  await (await open(server)).ensureAll([blob], () => undefined);
  await damage(join(directory, blob.sha256));
  expect(await (await open(server)).ensureAll([blob], () => undefined)).toMatchObject({ ok: true });
  expect(server.reads).toHaveLength(2);
  expect((await readFile(join(directory, blob.sha256))).equals(randomish(600_000))).toBe(true);
});

test("doubt() makes the same run look again", async () => {
  const server = new TestServer();
  const blob = server.add(randomish(600_000));
  const cache = await open(server);
  await cache.ensureAll([blob], () => undefined);
  await truncate(join(directory, blob.sha256), 5);
  await cache.ensureAll([blob], () => undefined);
  expect(server.reads).toHaveLength(1);
  cache.doubt();
  await cache.ensureAll([blob], () => undefined);
  expect(server.reads).toHaveLength(2);
});

test("ensureExpanded() expands once, leaves holes where the image is zero, and drops the packed file", async () => {
  const raw = Buffer.concat([randomish(300_000), Buffer.alloc(4_000_000), randomish(100)]);
  const server = new TestServer();
  const image = {
    stored: server.add(gzipSync(raw)),
    compression: "gzip",
    expanded: refOf(raw),
  } as const;
  const cache = await open(server);
  const both = [1, 2].map(() => cache.ensureExpanded(image, () => undefined));
  expect((await Promise.all(both)).every(({ ok: good }) => good)).toBe(true);
  const path = join(directory, image.expanded.sha256);
  expect((await readFile(path)).equals(raw)).toBe(true);
  expect((await stat(path)).blocks * 512).toBeLessThan(2_000_000);
  const hasher = startPieceHasher();
  hasher.update(raw);
  expect((await readFile(`${path}.pieces`)).equals(Buffer.from(hasher.finish()))).toBe(true);
  expect(await readdir(directory)).not.toContain(image.stored.sha256);
  expect(server.reads).toHaveLength(1);
});

test("ensureExpanded() refuses an image that expands to other bytes, or to more, than was declared", async () => {
  const raw = randomish(300_000);
  const server = new TestServer();
  const stored = server.add(gzipSync(raw));
  const cache = await open(server);
  for (const expanded of [refOf(randomish(300_000, 9)), { ...refOf(raw), sizeBytes: 299_999 }])
    expect(
      await cache.ensureExpanded({ stored, compression: "gzip", expanded }, () => undefined),
    ).toMatchObject({ ok: false, problem: { code: "content_digest_mismatch" } });
  expect((await readdir(directory)).filter((name) => name.endsWith(".partial"))).toEqual([]);
});

/** A library in memory that breaks off, or sends wrong bytes, when it is told to. */
class TestServer implements BlobServer {
  readonly reads: { sha256: string; startByte: number }[] = [];
  readonly #blobs = new Map<string, Buffer>();
  breakAt: number | null = null;
  corrupt = false;

  add(bytes: Buffer): BlobRef {
    const blob = refOf(bytes);
    this.#blobs.set(blob.sha256, bytes);
    return blob;
  }

  read: BlobServer["read"] = async ({ sha256 }, startByte, { take }) => {
    this.reads.push({ sha256, startByte });
    const bytes = Buffer.from(this.#blobs.get(sha256) ?? Buffer.alloc(0));
    if (this.corrupt) bytes[0] = (bytes[0] ?? 0) ^ 1;
    const endByte = this.breakAt ?? bytes.length;
    const broken = this.breakAt !== null;
    this.breakAt = null;
    for (let at = startByte; at < endByte; at += 65_536) {
      const taken = await take(bytes.subarray(at, Math.min(at + 65_536, endByte)));
      if (!taken.ok) return taken;
    }
    return broken ? fail({ code: "controller_unreachable", detail: "cut" }) : ok(undefined);
  };

  close(): void {}
}

function open(server: BlobServer): Promise<ContentCache> {
  return openContentCache(directory, server, new AbortController().signal);
}

function refOf(bytes: Buffer): BlobRef {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
}

function randomish(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
