import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { blobPath } from "@stickfarm/common/media/distribution-point";
import { ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { openDirectoryPoint } from "./directory-point.ts";
import { openPointCache, plantBlob, sharePoint } from "./points-fixture.ts";
import { noise, refOf } from "./test-library.ts";

const silent = () => undefined;

test("a share is told apart: not mounted, without the file, no file, without the right to read it", async () => {
  const { from } = await openPointCache(onTestFinished);
  const share = await makeTemporaryFolder(onTestFinished);
  const point = sharePoint("share", share);
  const blob = refOf(noise(100));
  const gone = sharePoint("gone", join(share, "mnt"));
  expect(await from(gone).ensureAll([blob], silent)).toMatchObject({
    problem: { code: "point_unreachable", detail: expect.stringContaining("is not there") },
  });
  expect(await from(point).ensureAll([blob], silent)).toMatchObject({
    problem: { code: "content_missing", detail: expect.stringContaining(share) },
  });
  await mkdir(join(share, blobPath(blob.sha256)), { recursive: true });
  expect(await from(point).ensureAll([blob], silent)).toMatchObject({
    problem: { code: "content_digest_mismatch", detail: expect.stringContaining("must have 100") },
  });
});

test("a share that may not be read says so", async () => {
  const share = await makeTemporaryFolder(onTestFinished);
  const blob = await plantBlob(share, noise(100));
  await chmod(share, 0o700);
  const place = { kind: "directory", path: share } as const;
  const server = openDirectoryPoint({ name: "share", place, silenceMaxMs: 5000 });
  const take = async () => ok(undefined);
  const { signal } = new AbortController();
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  else await chmod(share, 0);
  const read = await server.read(blob, 0, { take, signal, pace: null });
  if (isRoot) process.seteuid?.(0);
  else await chmod(share, 0o700);
  expect(read).toMatchObject({
    problem: { code: "point_unreadable", detail: expect.stringContaining("EACCES") },
  });
});
