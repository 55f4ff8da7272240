import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobPath, type PointPlace } from "@stickfarm/common/media/distribution-point";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { ok } from "@stickfarm/common/result";
import { startFaultyProxy } from "@stickfarm/common/rim/faulty-proxy-fixture";
import { DAV, freePort, startNginx } from "@stickfarm/common/rim/nginx-fixture";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { asNobody, blobOf, unwrap } from "../content-fixture.ts";
import { openLibrary } from "../library.ts";
import { openPointDoors } from "./point-doors.ts";

vi.setConfig({ testTimeout: 60_000 });

const BYTES = Buffer.alloc(300_000, "stickfarm ");
const BLOB = blobOf(BYTES);
const NEVER = new AbortController().signal;
const FULL = { quick: false, signal: NEVER };
const QUICK = { quick: true, signal: NEVER };

/** A library with one blob, and doors to a point. */
async function openWorld(place: PointPlace, silenceMaxMs = 5000) {
  const directory = await makeTemporaryFolder(onTestFinished);
  const library = unwrap(await openLibrary(directory));
  unwrap(await library.putBytes(BYTES));
  const doors = openPointDoors(library, { silenceMaxMs });
  onTestFinished(async () => doors.close());
  const access = doors.access({ name: "dp", place });
  let putBytes = 0;
  const put = (blob: BlobRef = BLOB, signal: AbortSignal = NEVER) =>
    access.put(blob, {
      open: (startByte) => library.openRange(BLOB.sha256, { startByte, endByte: BLOB.sizeBytes }),
      onBytes: (count) => {
        putBytes += count;
      },
      signal,
    });
  const local = doors.reader({ name: "local", place: { kind: "local" } });
  return { directory, library, access, put, putBytes: () => putBytes, local };
}

async function openShareWorld() {
  const root = await makeTemporaryFolder(onTestFinished);
  const path = join(root, blobPath(BLOB.sha256));
  const plant = async (bytes: Uint8Array, at = path) => {
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, bytes);
  };
  return { root, path, plant, ...(await openWorld({ kind: "directory", path: root })) };
}

async function openWebWorld(directives = DAV) {
  const nginx = await startNginx(onTestFinished, { directives });
  const proxy = await startFaultyProxy(onTestFinished, nginx.url);
  const path = join(nginx.root, blobPath(BLOB.sha256));
  const world = await openWorld({ kind: "http", url: proxy.url, caPem: null });
  return { nginx, proxy, path, ...world };
}

test("put() copies to a share, where everybody may read it, and nothing else is left", async () => {
  const { access, put, path, putBytes } = await openShareWorld();
  expect(await access.check(BLOB, FULL)).toEqual(ok({ kind: "missing" }));
  expect(await put()).toEqual(ok(undefined));
  expect(await readFile(path)).toEqual(BYTES);
  expect(putBytes()).toBe(BYTES.length);
  expect(await readdir(dirname(path))).toEqual([BLOB.sha256]);
  const modes = await Promise.all([path, dirname(path)].map(async (at) => (await stat(at)).mode));
  expect(modes.map((mode) => mode & 0o777)).toEqual([0o644, 0o755]);
  expect([await access.check(BLOB, FULL), await access.check(BLOB, QUICK)]).toEqual([
    ok({ kind: "whole" }),
    ok({ kind: "whole" }),
  ]);
});

test("put() goes on with what an earlier copying left, unless that is something else", async () => {
  const { put, path, plant, putBytes } = await openShareWorld();
  await plant(BYTES.subarray(0, 100_000), `${path}.partial`);
  expect(await put()).toEqual(ok(undefined));
  expect(await readFile(path)).toEqual(BYTES);
  expect(putBytes()).toBe(BYTES.length);
  await rm(path);
  await plant(Buffer.alloc(100_000, 1), `${path}.partial`);
  expect(await put()).toEqual(ok(undefined));
  expect(await readFile(path)).toEqual(BYTES);
  await plant(Buffer.alloc(400_000, 1), `${path}.partial`);
  expect(await put()).toEqual(ok(undefined));
  expect(await readdir(dirname(path))).toEqual([BLOB.sha256]);
});

test("put() gives nothing its name that reads back as something else", async () => {
  const { put, path } = await openShareWorld();
  const other = { ...blobOf(Buffer.alloc(300_000, 2)) };
  expect(await put(other)).toMatchObject({
    problem: { code: "content_digest_mismatch", detail: expect.stringContaining("read back") },
  });
  expect(await readdir(dirname(dirname(path))).then((names) => names.length)).toBe(1);
  expect(
    await readdir(dirname(join(dirname(dirname(path)), "..", blobPath(other.sha256)))),
  ).toEqual([]);
});

test("put() makes no folder for a share that is not mounted", async () => {
  const root = await makeTemporaryFolder(onTestFinished);
  const { access, put } = await openWorld({ kind: "directory", path: join(root, "mnt") });
  expect(await put()).toMatchObject({ problem: { code: "point_unreachable" } });
  expect(await access.check(BLOB, QUICK)).toMatchObject({ problem: { code: "point_unreachable" } });
  expect(await readdir(root)).toEqual([]);
});

test("put() says that a share is read-only", async () => {
  const { put, root, directory } = await openShareWorld();
  await chmod(root, 0o755);
  // The library is read by nobody as well.
  for (const at of [
    directory,
    join(directory, "sha256"),
    dirname(join(directory, blobPath(BLOB.sha256))),
  ])
    await chmod(at, 0o755);
  await chmod(join(directory, blobPath(BLOB.sha256)), 0o644);
  if (process.geteuid?.() !== 0) await chmod(root, 0o555);
  expect(await asNobody(() => put())).toMatchObject({
    problem: { code: "point_not_writable", detail: expect.stringContaining("EACCES") },
  });
});

test("check() tells on a share what is missing, cut short, changed, and not to be read", async () => {
  const { access, plant, path, root } = await openShareWorld();
  await plant(BYTES.subarray(0, 1000));
  const short = ok({ kind: "damaged", is: "it has 1000 bytes, must have 300000" });
  expect([await access.check(BLOB, QUICK), await access.check(BLOB, FULL)]).toEqual([short, short]);
  const changed = Buffer.from(BYTES);
  changed[299_999] = 0;
  await plant(changed);
  expect(await access.check(BLOB, QUICK)).toEqual(ok({ kind: "whole" }));
  const is = `its bytes have the SHA-256 ${blobOf(changed).sha256}`;
  expect(await access.check(BLOB, FULL)).toEqual(ok({ kind: "damaged", is }));
  await plant(BYTES);
  await chmod(path, 0);
  await chmod(root, 0o755);
  const unreadable = { value: { kind: "unreadable", is: expect.stringContaining("EACCES") } };
  expect(await asNobody(() => access.check(BLOB, FULL))).toMatchObject(unreadable);
  expect(await asNobody(() => access.check(BLOB, QUICK))).toMatchObject(unreadable);
});

test("put() uploads to nginx with WebDAV, and reads back", async () => {
  const { access, put, path, proxy, putBytes } = await openWebWorld();
  expect(await access.check(BLOB, QUICK)).toEqual(ok({ kind: "missing" }));
  expect(await put()).toEqual(ok(undefined));
  expect(await readFile(path)).toEqual(BYTES);
  expect(putBytes()).toBe(BYTES.length);
  expect(proxy.calls).toEqual(["HEAD whole", "PUT whole", "GET whole"]);
  expect([await access.check(BLOB, FULL), await access.check(BLOB, QUICK)]).toEqual([
    ok({ kind: "whole" }),
    ok({ kind: "whole" }),
  ]);
});

test("put() says that a web server takes no files, or none so large", async () => {
  for (const directives of [
    "",
    "dav_methods PUT; create_full_put_path on; client_max_body_size 1k;",
  ]) {
    const nginx = await startNginx(onTestFinished, { directives });
    const { put } = await openWorld({ kind: "http", url: nginx.url, caPem: null });
    expect(await put()).toMatchObject({
      problem: {
        code: "point_not_writable",
        detail: expect.stringMatching(/at|to distribution point "dp": it answers 4\d\d to PUT/),
      },
    });
  }
});

test("put() hears that a large file is refused while it is being sent", async () => {
  for (const directives of ["", "dav_methods PUT; client_max_body_size 1m;", "deny all;"]) {
    const nginx = await startNginx(onTestFinished, { directives });
    const { access, library } = await openWorld({ kind: "http", url: nginx.url, caPem: null });
    const bytes = Buffer.alloc(60_000_000, directives || "x");
    const blob = unwrap(await library.putBytes(bytes));
    const put = await access.put(blob, {
      open: (startByte) => library.openRange(blob.sha256, { startByte, endByte: blob.sizeBytes }),
      onBytes: () => undefined,
      signal: NEVER,
    });
    expect(put).toMatchObject({ problem: { code: "point_not_writable" } });
  }
});

test("put() notices a web server that stores something else", async () => {
  const { put, proxy } = await openWebWorld();
  proxy.fault = { kind: "wrong" };
  expect(await put()).toMatchObject({
    problem: { code: "content_digest_mismatch", detail: expect.stringContaining("read back") },
  });
});

test("check() tells at a web server what is missing, cut short, changed, and not to be read", async () => {
  const { access, path, proxy } = await openWebWorld();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, BYTES.subarray(0, 1000));
  const short = ok({ kind: "damaged", is: "it has 1000 bytes, must have 300000" });
  expect([await access.check(BLOB, QUICK), await access.check(BLOB, FULL)]).toEqual([short, short]);
  await writeFile(path, BYTES);
  proxy.fault = { kind: "wrong" };
  expect(await access.check(BLOB, FULL)).toMatchObject({ value: { kind: "damaged" } });
  proxy.fault = { kind: "status", status: 403 };
  expect(await access.check(BLOB, QUICK)).toMatchObject({ value: { kind: "unreadable" } });
  proxy.fault = { kind: "cut", afterBytes: 1000 };
  expect(await access.check(BLOB, FULL)).toMatchObject({ problem: { code: "point_unreachable" } });
});

test("check() and put() say that nobody answers", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { access, put } = await openWorld({ kind: "http", url, caPem: null });
  expect(await access.check(BLOB, QUICK)).toMatchObject({ problem: { code: "point_unreachable" } });
  expect(await put()).toMatchObject({ problem: { code: "point_unreachable" } });
});

test("a web server is believed by its authority, and by no other", async () => {
  const nginx = await startNginx(onTestFinished, { directives: DAV, tls: true });
  const known = await openWorld({ kind: "http", url: nginx.url, caPem: nginx.caPem });
  expect(await known.put()).toEqual(ok(undefined));
  const unknown = await openWorld({ kind: "http", url: nginx.url, caPem: null });
  expect(await unknown.access.check(BLOB, QUICK)).toMatchObject({
    problem: { code: "point_unreachable", detail: expect.stringContaining("self-signed") },
  });
});

test("put() and check() stop when they are told to", async () => {
  const { access, put, path } = await openShareWorld();
  const stopped = AbortSignal.abort();
  expect(await put(BLOB, stopped)).toMatchObject({ problem: { code: "canceled" } });
  expect(await access.check(BLOB, { quick: false, signal: stopped })).toMatchObject({
    problem: { code: "canceled" },
  });
  expect(await readdir(dirname(path))).not.toContain(BLOB.sha256);
});

test("check() of the library removes what is damaged, so that it can be added again", async () => {
  const { local, directory } = await openShareWorld();
  expect(await local.check(BLOB, FULL)).toEqual(ok({ kind: "whole" }));
  const path = join(directory, blobPath(BLOB.sha256));
  await writeFile(path, Buffer.alloc(300_000, 3));
  expect(await local.check(BLOB, QUICK)).toEqual(ok({ kind: "whole" }));
  expect(await local.check(BLOB, FULL)).toMatchObject({
    value: { kind: "damaged", is: expect.stringContaining("removed") },
  });
  expect(await local.check(BLOB, FULL)).toEqual(ok({ kind: "missing" }));
});
