import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { blobOf, unwrap } from "./content-fixture.ts";
import { type Library, openLibrary } from "./library.ts";

test("receive() keeps a blob under its digest and openRange() gives any part of it", async () => {
  const { library, directory } = await open();
  const bytes = Buffer.alloc(700_001, "all the bytes ");
  const blob = blobOf(bytes);
  expect(await library.sizeOf(blob.sha256)).toBe(null);
  expect(await library.receive(blob, chunks(bytes))).toEqual(ok(undefined));
  expect(await library.has(blob.sha256)).toBe(true);
  expect(await library.sizeOf(blob.sha256)).toBe(700_001);
  const path = join(directory, "sha256", blob.sha256.slice(0, 2), blob.sha256);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  for (const [startByte, endByte] of [
    [0, 700_001],
    [5, 6],
    [300_000, 700_001],
    [9, 9],
  ] as const) {
    const stream = unwrap(await library.openRange(blob.sha256, { startByte, endByte }));
    expect((await buffer(stream)).equals(bytes.subarray(startByte, endByte))).toBe(true);
  }
});

test("receive() keeps the empty blob", async () => {
  const { library } = await open();
  const blob = blobOf(Buffer.alloc(0));
  expect(await library.receive(blob, chunks(Buffer.alloc(0)))).toEqual(ok(undefined));
  const stream = unwrap(await library.openRange(blob.sha256, { startByte: 0, endByte: 0 }));
  expect(await buffer(stream)).toHaveLength(0);
});

const BYTES = Buffer.from("what was announced");

test.each([
  [
    "other bytes",
    chunks(Buffer.from("what was Announced")),
    /the bytes that came have [0-9a-f]{64}/,
  ],
  ["too few bytes", chunks(BYTES.subarray(1)), /17 bytes came, 18 were announced/],
  [
    "too many bytes",
    chunks(Buffer.concat([BYTES, BYTES])),
    /more than the 18 announced bytes came/,
  ],
  ["a sender who breaks off", breakOff(BYTES.subarray(0, 4)), /4 bytes came, 18 were announced/],
])("receive() refuses %s and leaves nothing", async (_, bytes, words) => {
  const { library, directory } = await open();
  const blob = blobOf(BYTES);
  expect(await library.receive(blob, bytes)).toMatchObject({
    problem: { code: "content_digest_mismatch", detail: expect.stringMatching(words) },
  });
  expect(await library.has(blob.sha256)).toBe(false);
  expect(await listFiles(directory)).toEqual([]);
});

test("receive() is safe when the same blob comes twice at once", async () => {
  const { library, directory } = await open();
  const bytes = Buffer.alloc(300_000, "twice ");
  const blob = blobOf(bytes);
  const both = [library.receive(blob, chunks(bytes)), library.receive(blob, chunks(bytes))];
  expect(await Promise.all(both)).toEqual([ok(undefined), ok(undefined)]);
  expect(await listFiles(directory)).toEqual([
    join("sha256", blob.sha256.slice(0, 2), blob.sha256),
  ]);
});

test("receive() does not read again what is here", async () => {
  const { library } = await open();
  const blob = blobOf(BYTES);
  await library.receive(blob, chunks(BYTES));
  expect(await library.receive(blob, breakOff(BYTES.subarray(0, 1)))).toEqual(ok(undefined));
});

test("receive() says disk_full before the first byte when there is no room", async () => {
  const { library, directory } = await open();
  const blob = { sha256: blobOf(BYTES).sha256, sizeBytes: 2 ** 52 };
  expect(await library.receive(blob, chunks(BYTES))).toMatchObject({
    problem: { code: "disk_full", detail: expect.stringContaining("4096 TiB") },
  });
  expect(await listFiles(directory)).toEqual([]);
});

test("openLibrary() removes what a crash left half received, and keeps the rest", async () => {
  const { library, directory } = await open();
  const blob = unwrap(await library.putBytes(BYTES));
  await writeFile(join(directory, "incoming", "half"), "half");
  await mkdir(join(directory, "incoming", "stray"));
  const again = unwrap(await openLibrary(directory));
  expect(await again.has(blob.sha256)).toBe(true);
  expect(await readdir(join(directory, "incoming"))).toEqual([]);
});

test("putBytes() gives the blob that it kept, once", async () => {
  const { library, directory } = await open();
  expect(await library.putBytes(BYTES)).toEqual(ok(blobOf(BYTES)));
  expect(await library.putBytes(BYTES)).toEqual(ok(blobOf(BYTES)));
  const [only, ...more] = await listFiles(directory);
  expect(more).toEqual([]);
  expect(await readFile(join(directory, only ?? ""))).toEqual(BYTES);
});

test("verify() tells sound from changed content and removes what changed", async () => {
  const { library, directory } = await open();
  const blob = unwrap(await library.putBytes(BYTES));
  expect(await library.verify(blob.sha256)).toEqual(ok(blob));
  await writeFile(join(directory, "sha256", blob.sha256.slice(0, 2), blob.sha256), "rotten");
  expect(await library.verify(blob.sha256)).toMatchObject({
    problem: { code: "content_digest_mismatch" },
  });
  expect(await library.verify(blob.sha256)).toMatchObject({ problem: { code: "content_missing" } });
  expect(await library.putBytes(BYTES)).toEqual(ok(blob));
});

test("openRange() names what is not here", async () => {
  const { library } = await open();
  const range = { startByte: 0, endByte: 1 };
  expect(await library.openRange(blobOf(BYTES).sha256, range)).toMatchObject({
    problem: { code: "content_missing" },
  });
});

async function open(): Promise<{ library: Library; directory: string }> {
  const directory = join(await makeTemporaryFolder(onTestFinished), "library");
  return { library: unwrap(await openLibrary(directory)), directory };
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function* breakOff(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
}

async function listFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1));
}
