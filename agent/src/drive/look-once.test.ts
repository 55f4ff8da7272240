import { execFileSync } from "node:child_process";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { lookOnce } from "./look-once.ts";

const SIZE = 16 * 1024 ** 2;
const geometry = { sizeBytes: SIZE, logicalBlockBytes: 512 };
const never = new AbortController().signal;

async function makeFile(): Promise<string> {
  const path = join(await makeTemporaryFolder(onTestFinished), "drive.img");
  await writeFile(path, "");
  await truncate(path, SIZE);
  return path;
}

test("lookOnce() sees what mkfs made", async () => {
  const path = await makeFile();
  execFileSync("mkfs.fat", ["-F", "16", "-n", "HOLIDAYS", path], { stdio: "pipe" });
  expect(await lookOnce({ path, geometry }, never)).toEqual({
    kind: "seen",
    table: "none",
    volumes: [{ partition: 0, sizeBytes: SIZE, kind: "fat16", label: "HOLIDAYS" }],
    passport: null,
  });
});

test("lookOnce() says why it cannot read", async () => {
  const path = await makeFile();
  const gone = await lookOnce({ path: `${path}.gone`, geometry }, never);
  expect(gone).toMatchObject({ kind: "unreadable", why: expect.stringContaining("ENOENT") });
  const folder = await lookOnce({ path: join(path, ".."), geometry }, never);
  expect(folder).toMatchObject({ kind: "unreadable" });
});

test("lookOnce() gives up a drive that does not answer", async () => {
  const path = await makeFile();
  expect(await lookOnce({ path, geometry }, never, 1)).toEqual({
    kind: "unreadable",
    why: "it did not answer within 0.001 s",
  });
});

test("lookOnce() has seen nothing when it was stopped, before or meanwhile", async () => {
  const path = await makeFile();
  expect(await lookOnce({ path, geometry }, AbortSignal.abort())).toEqual({ kind: "unseen" });
  const stop = new AbortController();
  const looking = lookOnce({ path, geometry }, stop.signal);
  stop.abort();
  expect(await looking).toEqual({ kind: "unseen" });
});
