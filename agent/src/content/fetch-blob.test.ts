import { utimesSync, writeFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { blobPath, LOCAL_POINT } from "@stickfarm/common/media/distribution-point";
import { ok } from "@stickfarm/common/result";
import { startFaultyProxy } from "@stickfarm/common/rim/faulty-proxy-fixture";
import { freePort, startNginx } from "@stickfarm/common/rim/nginx-fixture";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { openPointCache, plantBlob, sharePoint, webPoint } from "./points-fixture.ts";
import { noise, refOf, sum } from "./test-library.ts";

vi.setConfig({ testTimeout: 60_000 });

const silent = () => undefined;

/** nginx with a blob on it, behind a proxy that spoils what it gives. */
async function openFaultyPoint(name: string, bytes: Buffer) {
  const nginx = await startNginx(onTestFinished);
  const blob = await plantBlob(nginx.root, bytes);
  const proxy = await startFaultyProxy(onTestFinished, nginx.url);
  return {
    nginx,
    blob,
    proxy,
    point: webPoint(name, proxy.url),
    sound: webPoint("nginx", nginx.url),
  };
}

test("a real web server gives blobs, over TLS when its authority is named", async () => {
  const nginx = await startNginx(onTestFinished, { tls: true });
  const bytes = noise(900_000);
  const blob = await plantBlob(nginx.root, bytes);
  const { directory, from, library, warnings } = await openPointCache(onTestFinished);
  const counts: number[] = [];
  const cache = from(webPoint("tls", nginx.url, nginx.caPem), LOCAL_POINT);
  expect(await cache.ensureAll([blob], (count) => counts.push(count))).toEqual(ok(undefined));
  expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
  expect(sum(counts)).toBe(900_000);
  expect([library.calls, warnings]).toEqual([[], []]);
});

test("a web server whose certificate nobody vouches for is left for the next point", async () => {
  const nginx = await startNginx(onTestFinished, { tls: true });
  const bytes = noise(1000);
  await plantBlob(nginx.root, bytes);
  const { from, library, warnings } = await openPointCache(onTestFinished);
  const blob = library.add(bytes);
  expect(await from(webPoint("tls", nginx.url), LOCAL_POINT).ensureAll([blob], silent)).toEqual(
    ok(undefined),
  );
  expect(warnings).toMatchObject([
    { point: "tls", code: "point_unreachable", detail: expect.stringContaining("self-signed") },
  ]);
});

test("points are asked in their order, each for what the ones before have not got", async () => {
  const [one, two] = [await startNginx(onTestFinished), await makeTemporaryFolder(onTestFinished)];
  const { from, library } = await openPointCache(onTestFinished);
  const all = [noise(5000, 1), noise(5000, 2), noise(5000, 3)] as const;
  await plantBlob(one.root, all[0]);
  await plantBlob(two, all[0]);
  await plantBlob(two, all[1]);
  const blobs = all.map((bytes) => library.add(bytes));
  const cache = from(webPoint("web", one.url), sharePoint("share", two), LOCAL_POINT);
  expect(await cache.ensureAll(blobs, silent)).toEqual(ok(undefined));
  expect(library.calls.map(({ sha256 }) => sha256)).toEqual([refOf(all[2]).sha256]);
});

test("a packed image comes from a point, and what the controller made from the controller", async () => {
  const nginx = await startNginx(onTestFinished);
  const { directory, library, cache, from } = await openPointCache(onTestFinished);
  const raw = noise(500_000);
  const stored = await plantBlob(nginx.root, gzipSync(raw));
  const made = library.add(noise(900, 3));
  const image = { stored, compression: "gzip", expanded: refOf(raw) } as const;
  const points = from(webPoint("web", nginx.url));
  expect(await points.ensureExpanded(image, silent)).toEqual(ok(undefined));
  expect((await readFile(join(directory, image.expanded.sha256))).equals(raw)).toBe(true);
  expect(await points.ensureAll([made], silent)).toMatchObject({
    problem: { code: "content_missing" },
  });
  expect(await cache.ensureAll([made], silent)).toEqual(ok(undefined));
  // Once it is here nobody asks where it came from.
  expect(await points.ensureAll([made], silent)).toEqual(ok(undefined));
  expect(library.calls).toHaveLength(1);
});

test("a dead point is left at once, and not asked again for each of thousands of files", async () => {
  const share = await makeTemporaryFolder(onTestFinished);
  const blobs = await Promise.all(
    Array.from({ length: 60 }, (_, index) => plantBlob(share, noise(100 + index, index))),
  );
  const { from, warnings } = await openPointCache(onTestFinished);
  const dead = webPoint("dead", `http://127.0.0.1:${await freePort()}`);
  const nowhere = webPoint("nowhere", "http://dp.invalid");
  const cache = from(dead, nowhere, sharePoint("share", share));
  expect(await cache.ensureAll(blobs, silent)).toEqual(ok(undefined));
  const dead6 = warnings.filter(({ point }) => point === "dead");
  expect(dead6.length).toBeGreaterThan(0);
  // As many as were asked for at once.
  expect(dead6.length).toBeLessThanOrEqual(6);
  expect(warnings.every(({ code }) => code === "point_unreachable")).toBe(true);
});

test("a connection that breaks off is gone on with at the next point, by Range", async () => {
  const bytes = noise(1_000_000);
  const { blob, proxy, point } = await openFaultyPoint("cut", bytes);
  proxy.fault = { kind: "cut", afterBytes: 400_000 };
  const { directory, from, library } = await openPointCache(onTestFinished);
  library.add(bytes);
  expect(await from(point, LOCAL_POINT).ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(proxy.calls).toEqual(["GET whole"]);
  expect(library.calls).toHaveLength(1);
  expect(library.calls[0]?.startByte).toBeGreaterThan(0);
  expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
});

test("a point that breaks off again and again is gone on with when there is no other", async () => {
  const bytes = noise(1_000_000);
  const { blob, proxy, point } = await openFaultyPoint("cut", bytes);
  proxy.fault = { kind: "cut", afterBytes: 300_000 };
  const { directory, from } = await openPointCache(onTestFinished);
  expect(await from(point).ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(proxy.calls.length).toBeGreaterThan(2);
  expect(proxy.calls.slice(1).every((call) => call.startsWith("GET bytes="))).toBe(true);
  expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
});

test("a server without ranges gives all again, and what is here is passed over", async () => {
  const bytes = noise(700_000);
  const { blob, proxy, point } = await openFaultyPoint("simple", bytes);
  proxy.fault = { kind: "whole" };
  const { directory, from } = await openPointCache(onTestFinished);
  await writeFile(join(directory, `${blob.sha256}.partial`), bytes.subarray(0, 500_001));
  expect(await from(point).ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(proxy.calls).toEqual(["GET bytes=500001-"]);
  expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
});

test("a file that was replaced between two parts is fetched from its beginning", async () => {
  const bytes = noise(900_000);
  const { nginx, blob, proxy, point } = await openFaultyPoint("changed", noise(900_000, 9));
  await plantBlob(nginx.root, noise(900_000, 9), refOf(bytes));
  proxy.fault = { kind: "cut", afterBytes: 400_000 };
  const { directory, from } = await openPointCache(onTestFinished);
  const wanted = refOf(bytes);
  const path = join(nginx.root, blobPath(wanted.sha256));
  const fetching = from(point).ensureAll([{ ...blob, ...wanted }], () => {
    // The first part came from the wrong file; now the right one is in its place, of another time.
    if (proxy.fault.kind === "none") return;
    proxy.fault = { kind: "none" };
    writeFileSync(path, bytes);
    utimesSync(path, 1, 1);
  });
  expect(await fetching).toEqual(ok(undefined));
  expect(proxy.calls).toEqual([
    "GET whole",
    expect.stringMatching(/^GET bytes=\d+-$/),
    "GET whole",
  ]);
  expect((await readFile(join(directory, refOf(bytes).sha256))).equals(bytes)).toBe(true);
});

test("a slow point is left for the next, with what it gave", async () => {
  const bytes = noise(300_000);
  const { blob, proxy, point } = await openFaultyPoint("slow", bytes);
  proxy.fault = { kind: "drip", bytes: 1000, everyMs: 20 };
  const pace = { minBytesPerSecond: 10_000_000, windowMs: 100 };
  const { from, library, warnings } = await openPointCache(onTestFinished, { pace });
  library.add(bytes);
  expect(await from(point, LOCAL_POINT).ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(warnings).toMatchObject([
    { point: "slow", code: "point_unreachable", detail: expect.stringContaining("bytes a second") },
  ]);
  expect(library.calls[0]?.startByte).toBeGreaterThan(0);
});

test("a slow point is good enough when there is no other", async () => {
  const { blob, proxy, point } = await openFaultyPoint("slow", noise(20_000));
  proxy.fault = { kind: "drip", bytes: 1000, everyMs: 10 };
  const pace = { minBytesPerSecond: 10_000_000, windowMs: 50 };
  const { from, warnings } = await openPointCache(onTestFinished, { pace });
  expect(await from(point).ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(warnings).toEqual([]);
});

test("a point that says nothing is left for the next", async () => {
  const bytes = noise(3000);
  const { blob, proxy, point, sound } = await openFaultyPoint("mute", bytes);
  proxy.fault = { kind: "silent" };
  const { from, warnings } = await openPointCache(onTestFinished, { silenceMaxMs: 200 });
  expect(await from(point, sound).ensureAll([blob], silent)).toEqual(ok(undefined));
  expect(warnings).toMatchObject([{ point: "mute", code: "point_unreachable" }]);
});

test("nothing of wrong bytes is kept, and who gave them is asked last from then on", async () => {
  const bytes = noise(400_000);
  const { blob, nginx, proxy, point, sound } = await openFaultyPoint("liar", bytes);
  proxy.fault = { kind: "wrong" };
  const { directory, from, warnings } = await openPointCache(onTestFinished);
  const cache = from(point, sound);
  expect(await cache.ensureAll([blob], silent)).toEqual(ok(undefined));
  expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
  expect(warnings).toMatchObject([{ point: "liar", code: "content_digest_mismatch" }]);
  const others = await Promise.all(
    Array.from({ length: 5 }, (_, index) => plantBlob(nginx.root, noise(2000, index + 50))),
  );
  expect(await cache.ensureAll(others, silent)).toEqual(ok(undefined));
  expect(proxy.calls).toEqual(["GET whole"]);
});

test("wrong bytes of one point are not the fault of the next, which goes on behind them", async () => {
  const bytes = noise(600_000);
  const { blob, sound } = await openFaultyPoint("sound", bytes);
  const { directory, from, warnings } = await openPointCache(onTestFinished);
  await writeFile(join(directory, `${blob.sha256}.partial`), noise(200_000, 77));
  expect(await from(sound).ensureAll([blob], silent)).toEqual(ok(undefined));
  expect((await readFile(join(directory, blob.sha256))).equals(bytes)).toBe(true);
  expect(warnings).toEqual([]);
});

test("when every point is corrupt that is said of each of them, and nothing is kept", async () => {
  const bytes = noise(300_000);
  const blob = refOf(bytes);
  const share = await makeTemporaryFolder(onTestFinished);
  const nginx = await startNginx(onTestFinished);
  await plantBlob(share, noise(300_000, 5), blob);
  await plantBlob(nginx.root, noise(299_999, 5), blob);
  const { directory, from } = await openPointCache(onTestFinished);
  const cache = from(webPoint("web", nginx.url), sharePoint("share", share));
  const ended = await cache.ensureAll([blob], silent);
  expect(ended).toMatchObject({ problem: { code: "content_digest_mismatch" } });
  const detail = ended.ok ? "" : ended.problem.detail;
  expect(detail).toContain('"web": Cannot fetch');
  expect(detail).toContain("it has 299999 bytes there, must have 300000");
  expect(detail).toContain('"share": Cannot keep');
  expect(await readdir(directory)).toEqual([]);
});

test.each([
  [403, "point_unreadable"],
  [404, "content_missing"],
  [500, "point_unreachable"],
  [302, "point_unreachable"],
])("a point that answers %i is %s", async (status, code) => {
  const { blob, proxy, point } = await openFaultyPoint("web", noise(3000));
  proxy.fault = { kind: "status", status };
  const { from } = await openPointCache(onTestFinished);
  expect(await from(point).ensureAll([blob], silent)).toMatchObject({
    problem: { code, detail: expect.stringContaining(`answers ${status}, must answer 200`) },
  });
});

test("who stops waiting ends what a slow point gives", async () => {
  const { blob, proxy, point } = await openFaultyPoint("slow", noise(900_000));
  proxy.fault = { kind: "drip", bytes: 100_000, everyMs: 300 };
  const { from } = await openPointCache(onTestFinished);
  const stop = new AbortController();
  const fetching = from(point).ensureAll([blob], () => stop.abort(), stop.signal);
  expect(await fetching).toMatchObject({ problem: { code: "canceled" } });
});
