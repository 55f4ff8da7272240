import { appendFileSync, rmSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import type { HandleHttp } from "../front/open-http-front.ts";
import { blobOf, openTestContent } from "./content-fixture.ts";
import { type LocalBlob, uploadBlobs } from "./upload.ts";

vi.setConfig({ testTimeout: 20_000 });

test("uploadBlobs() sends what the library has not got, each blob once", async () => {
  const calls: string[] = [];
  const { library, openClient } = await openTestContent(onTestFinished, listen(calls));
  const folder = await makeTemporaryFolder(onTestFinished);
  const large = await put(folder, "large", Buffer.alloc(3_000_000, "large"));
  const small = await Promise.all(
    Array.from({ length: 40 }, (_, index) => put(folder, `${index}`, Buffer.from(`${index}`))),
  );
  const empty = await put(folder, "empty", Buffer.alloc(0));
  await library.putBytes(Buffer.from("7"));
  const seen: number[][] = [];
  const onProgress = (...progress: number[]) => seen.push(progress);
  const all = [large, ...small, empty, { ...large, localPath: "/nowhere/twice" }].reverse();
  const client = openClient("operator");
  expect(await uploadBlobs(client, [...all, large], { onProgress })).toEqual(
    ok({ sentBytes: 3_000_000 + 70 - 1, presentBytes: 1 }),
  );
  expect(calls.filter((call) => call.startsWith("PUT"))).toHaveLength(42);
  for (const { blob } of [large, ...small, empty])
    expect(await library.sizeOf(blob.sha256)).toBe(blob.sizeBytes);
  expect(seen.at(-1)).toEqual([3_000_070, 3_000_070]);
  calls.length = 0;
  expect(await uploadBlobs(client, [large])).toEqual(ok({ sentBytes: 0, presentBytes: 3_000_000 }));
  expect(calls).toEqual([`HEAD /content/${large.blob.sha256}`]);
});

test("uploadBlobs() sends again after a connection broke", async () => {
  const calls: string[] = [];
  const { library, openClient } = await openTestContent(
    onTestFinished,
    (handle) => async (identity, request, response) => {
      calls.push(request.method ?? "");
      if (calls.length > 2) return handle(identity, request, response);
      request.socket.destroy();
    },
  );
  const folder = await makeTemporaryFolder(onTestFinished);
  const local = await put(folder, "large", Buffer.alloc(300_000, "x"));
  const sent = await uploadBlobs(openClient("operator"), [local], { retryMs: 1 });
  expect(sent).toEqual(ok({ sentBytes: 300_000, presentBytes: 0 }));
  expect(await library.has(local.blob.sha256)).toBe(true);
});

test("uploadBlobs() gives up on a controller that is gone", async () => {
  const { openClient, close } = await openTestContent(onTestFinished);
  await close(0);
  const folder = await makeTemporaryFolder(onTestFinished);
  const local = await put(folder, "large", Buffer.alloc(300_000, "x"));
  expect(await uploadBlobs(openClient("operator"), [local], { retryMs: 1 })).toMatchObject({
    problem: {
      code: "controller_unreachable",
      detail: expect.stringMatching(/^Cannot upload "\S+large" at localhost:\d+: .*ECONNREFUSED/),
    },
  });
});

test("uploadBlobs() does not send again what is refused, and shows the controller's words", async () => {
  const calls: string[] = [];
  const { openClient } = await openTestContent(onTestFinished, listen(calls));
  const folder = await makeTemporaryFolder(onTestFinished);
  const local = await put(folder, "large", Buffer.alloc(8_000_000, "x"));
  expect(await uploadBlobs(openClient("agent"), [local])).toMatchObject({
    problem: { code: "forbidden", detail: expect.stringContaining('"ws-1" has the role "agent"') },
  });
  expect(calls).toHaveLength(2);
});

test("uploadBlobs() names a file that is no longer what was scanned", async () => {
  const { library, openClient } = await openTestContent(onTestFinished);
  const folder = await makeTemporaryFolder(onTestFinished);
  const changes: readonly (readonly [(path: string) => unknown, string, RegExp])[] = [
    [(path) => writeFile(path, Buffer.alloc(200_000, "y")), "path_changed", /have [0-9a-f]{64}/],
    [(path) => truncate(path, 1000), "path_changed", /it has 1000 bytes, 200000 were scanned/],
    [(path) => rmSync(path), "path_missing", /ENOENT/],
  ];
  for (const [change, code, words] of changes) {
    const local = await put(folder, "file", Buffer.alloc(200_000, "x"));
    await change(local.localPath);
    expect(await uploadBlobs(openClient("operator"), [local])).toMatchObject({
      problem: { code, detail: expect.stringMatching(words) },
    });
    expect(await library.has(local.blob.sha256)).toBe(false);
  }
});

test("uploadBlobs() sends no more of a file that grew than was scanned", async () => {
  const { library, openClient } = await openTestContent(onTestFinished);
  const folder = await makeTemporaryFolder(onTestFinished);
  const local = await put(folder, "log", Buffer.alloc(200_000, "x"));
  appendFileSync(local.localPath, "one more line");
  const client = openClient("operator");
  expect(await uploadBlobs(client, [local, local])).toMatchObject({ ok: true });
  expect(await library.sizeOf(local.blob.sha256)).toBe(200_000);
});

test("uploadBlobs() stops", async () => {
  const { openClient } = await openTestContent(onTestFinished);
  const folder = await makeTemporaryFolder(onTestFinished);
  const local = await put(folder, "large", Buffer.alloc(30_000_000, "x"));
  const stop = new AbortController();
  const options = { signal: stop.signal, onProgress: () => stop.abort() };
  expect(await uploadBlobs(openClient("operator"), [local], options)).toMatchObject({
    problem: { code: "canceled" },
  });
});

function listen(calls: string[]): (handle: HandleHttp) => HandleHttp {
  return (handle) => async (identity, request, response) => {
    calls.push(`${request.method} ${request.url}`);
    await handle(identity, request, response);
  };
}

async function put(folder: string, name: string, bytes: Uint8Array): Promise<LocalBlob> {
  const localPath = join(folder, name);
  await writeFile(localPath, bytes);
  return { blob: blobOf(bytes), localPath };
}
