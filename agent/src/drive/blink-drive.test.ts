import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { blinkDrive } from "./blink-drive.ts";

const SIZE = 4 * 1024 ** 2;
const never = new AbortController().signal;

async function makeFile(sizeBytes = SIZE): Promise<string> {
  const path = join(await makeTemporaryFolder(onTestFinished), "drive.img");
  await writeFile(path, "");
  await truncate(path, sizeBytes);
  return path;
}

test("blinkDrive() ends by itself when its time is up", async () => {
  const path = await makeFile();
  const beganAtMs = performance.now();
  expect(await blinkDrive({ path, sizeBytes: SIZE, durationMs: 700 }, never)).toBeNull();
  expect(performance.now() - beganAtMs).toBeGreaterThan(690);
});

test("blinkDrive() ends at once when it is stopped", async () => {
  const path = await makeFile();
  const stop = new AbortController();
  const blinking = blinkDrive({ path, sizeBytes: SIZE, durationMs: 600_000 }, stop.signal);
  stop.abort();
  expect(await blinking).toBeNull();
});

test("blinkDrive() says why it cannot: nothing there, nothing to read, or gone meanwhile", async () => {
  const path = await makeFile();
  const wrong: readonly [string, number, RegExp][] = [
    [`${path}.gone`, SIZE, /ENOENT/],
    [path, 512, /smaller than one read/],
    [await makeFile(0), SIZE, /gave no bytes/],
  ];
  for (const [at, sizeBytes, why] of wrong)
    expect(await blinkDrive({ path: at, sizeBytes, durationMs: 5000 }, never)).toMatchObject({
      code: "read_failed",
      detail: expect.stringMatching(why),
    });
});
