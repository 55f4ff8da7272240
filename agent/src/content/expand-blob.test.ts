import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { ok } from "@stickfarm/common/result";
import { expect, onTestFinished, test, vi } from "vitest";
import { noise, openTestCache, piecesOf, refOf, sum, type TestLibrary } from "./test-library.ts";

vi.setConfig({ testTimeout: 20_000 });

const silent = () => undefined;

test("ensureExpanded() expands once, leaves holes where the image is zero, and drops the packed file", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const raw = Buffer.concat([
    noise(300_000),
    Buffer.alloc(4_000_000),
    noise(100),
    Buffer.alloc(2e6),
  ]);
  const image = packed(library, raw);
  const counts: number[] = [];
  const both = [silent, (count: number) => void counts.push(count)].map((onBytes) =>
    cache.ensureExpanded(image, onBytes),
  );
  expect(await Promise.all(both)).toEqual([ok(undefined), ok(undefined)]);
  const path = join(directory, image.expanded.sha256);
  expect((await readFile(path)).equals(raw)).toBe(true);
  expect((await stat(path)).blocks * 512).toBeLessThan(1_000_000);
  expect(await readFile(`${path}.pieces`)).toEqual(piecesOf(raw));
  expect(sum(counts)).toBe(image.stored.sizeBytes + raw.length);
  const { sha256 } = image.expanded;
  expect((await readdir(directory)).sort()).toEqual([sha256, `${sha256}.pieces`]);
  await cache.ensureExpanded(image, silent);
  expect(library.calls).toHaveLength(1);
});

test("ensureExpanded() keeps the packed file where a tree holds it too", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const image = packed(library, noise(300_000));
  await cache.ensureAll([image.stored], silent);
  await cache.ensureExpanded(image, silent);
  expect(await readdir(directory)).toContain(image.stored.sha256);
});

test("ensureExpanded() takes a raw image as it is", async () => {
  const { library, cache } = await openTestCache(onTestFinished);
  const stored = library.add(noise(300_000));
  const image = { stored, compression: "none", expanded: stored } as const;
  const counts: number[] = [];
  expect(await cache.ensureExpanded(image, (count) => counts.push(count))).toEqual(ok(undefined));
  expect(sum(counts)).toBe(300_000);
});

test("ensureExpanded() refuses an image that expands to other bytes, to more or to fewer", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const raw = noise(300_000);
  const image = packed(library, raw);
  const others: BlobRef[] = [
    refOf(noise(300_000, 9)),
    { ...refOf(raw), sizeBytes: 299_999 },
    { ...refOf(raw), sizeBytes: 300_001 },
  ];
  for (const expanded of others)
    expect(await cache.ensureExpanded({ ...image, expanded }, silent)).toMatchObject({
      problem: { code: "content_digest_mismatch" },
    });
  expect((await readdir(directory)).filter((name) => name.endsWith(".partial"))).toEqual([]);
});

test("ensureExpanded() begins anew after an expansion that was cut off", async () => {
  const { library, cache, directory } = await openTestCache(onTestFinished);
  const raw = noise(300_000);
  const image = packed(library, raw);
  await writeFile(join(directory, `${image.expanded.sha256}.partial`), noise(200_000, 3));
  expect(await cache.ensureExpanded(image, silent)).toEqual(ok(undefined));
  expect((await readFile(join(directory, image.expanded.sha256))).equals(raw)).toBe(true);
});

function packed(library: TestLibrary, raw: Buffer) {
  return { stored: library.add(gzipSync(raw)), compression: "gzip", expanded: refOf(raw) } as const;
}
