import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { COMPRESSIONS } from "@stickfarm/common/media/manifest";
import { ok } from "@stickfarm/common/result";
import { expandedFixture, packedFixture } from "@stickfarm/common/rim/packed-fixtures";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { blockMapFixture } from "./block-map-fixture.ts";
import { blobOf } from "./content-fixture.ts";
import { type ImageProgress, readImage } from "./read-image.ts";

const image = expandedFixture();

test.each(COMPRESSIONS)("readImage() gives both digests of a %s file", async (compression) => {
  const packed = packedFixture(compression);
  const path = await put(packed);
  expect(await readImage(path)).toEqual(
    ok({
      kind: "image",
      stored: blobOf(packed),
      compression,
      expanded: blobOf(image),
      mapped: null,
      blockMapSha256: null,
    }),
  );
});

test("readImage() takes a block map that fits the expanded image", async () => {
  const path = await put(packedFixture("zstd"));
  const map = blockMapFixture(image, [
    [0, 3],
    [20, 20],
    [255, 255],
  ]);
  const blockMapPath = await put(Buffer.from(map));
  expect(await readImage(path, { blockMapPath })).toMatchObject({
    ok: true,
    value: {
      mapped: [
        { offsetBytes: 0, lengthBytes: 16_384 },
        { offsetBytes: 81_920, lengthBytes: 4096 },
        { offsetBytes: 1_044_480, lengthBytes: 4096 },
      ],
      blockMapSha256: blobOf(Buffer.from(map)).sha256,
    },
  });
});

test("readImage() refuses a block map of another image or size", async () => {
  const other = Buffer.from(image);
  other[5000] = 0xee;
  const maps = [blockMapFixture(other, [[1, 1]]), blockMapFixture(image.subarray(4096), [])];
  for (const compression of ["none", "gzip"] as const) {
    const path = await put(packedFixture(compression));
    for (const map of maps) {
      const blockMapPath = await put(Buffer.from(map));
      expect(await readImage(path, { blockMapPath })).toMatchObject({
        problem: { code: "block_map_invalid", detail: expect.stringContaining("another image") },
      });
    }
  }
});

test("readImage() bounds what a file may expand to, but not a raw image", async () => {
  const limited = { maxExpandedBytes: 1024 * 1024 - 1 };
  expect(await readImage(await put(packedFixture("xz")), limited)).toMatchObject({
    problem: { code: "image_too_large" },
  });
  expect(await readImage(await put(image), limited)).toMatchObject({ ok: true });
});

test.each([
  ["nothing", Buffer.alloc(0), /its content is nothing/],
  ["nothing, packed", gzipSync(""), /its content is nothing/],
  ["a 7-Zip archive", Buffer.from("377abcaf271c0004", "hex"), /a 7-Zip archive/],
  ["an image packed twice", gzipSync(packedFixture("xz")), /its content is a xz file/],
  ["a packed tar archive", gzipSync(tar()), /its content is a tar archive/],
  ["a cut archive", packedFixture("gzip").subarray(0, 700), /unexpected end of file/],
])("readImage() refuses %s", async (_, bytes, words) => {
  expect(await readImage(await put(bytes))).toMatchObject({
    problem: { code: "archive_unreadable", detail: expect.stringMatching(words) },
  });
});

test("readImage() refuses what is no file", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  execFileSync("mkfifo", [join(folder, "pipe")]);
  expect(await readImage(join(folder, "pipe"))).toMatchObject({
    problem: { code: "path_not_content" },
  });
  expect(await readImage(folder)).toMatchObject({ problem: { code: "path_not_content" } });
  expect(await readImage(join(folder, "none"))).toMatchObject({
    problem: { code: "path_missing" },
  });
});

test.each(["none", "gzip"] as const)(
  "readImage() notices that a %s file changes meanwhile",
  async (compression) => {
    const path = await put(packedFixture(compression));
    const seen: string[] = [];
    const onProgress = ({ phase }: ImageProgress) => {
      if (phase === (compression === "none" ? "hash" : "expand") && !seen.includes(phase))
        appendFileSync(path, "\0");
      seen.push(phase);
    };
    const result = await readImage(path, { onProgress });
    expect(result).toMatchObject({
      ok: false,
      problem: { code: "path_changed" },
    });
  },
);

test("readImage() reports its progress, and stops", async () => {
  const seen: ImageProgress[] = [];
  const path = await put(packedFixture("bzip2"));
  await readImage(path, { onProgress: (progress) => seen.push(progress) });
  expect(seen[0]).toEqual({ phase: "hash", doneBytes: 398, totalBytes: 398 });
  expect(seen.at(-1)).toEqual({ phase: "expand", doneBytes: 1024 * 1024, totalBytes: null });
  expect(await readImage(path, { signal: AbortSignal.abort() })).toMatchObject({
    problem: { code: "canceled" },
  });
});

async function put(bytes: Uint8Array): Promise<string> {
  const path = join(await makeTemporaryFolder(onTestFinished), "disk.img");
  await writeFile(path, bytes);
  return path;
}

function tar(): Buffer {
  const header = Buffer.alloc(1024);
  header.write("ustar", 257);
  return header;
}
