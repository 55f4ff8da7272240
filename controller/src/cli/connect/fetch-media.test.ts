import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { renderCanonicalJson } from "@stickfarm/common/canonical-json";
import type { BlobRef, Manifest } from "@stickfarm/common/media/manifest";
import { fail, ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { type Answers, startTestController } from "../test-controller.ts";
import { MEDIA } from "../test-views.ts";
import { openController } from "./controller.ts";
import { compileMedia, fetchMedia } from "./fetch-media.ts";

const BYTES = ["kernel", "boot.img", "core.img", "packed"].map((text) => Buffer.from(text));
const [KERNEL, BOOT, CORE, PACKED] = BYTES.map(blobOf) as [BlobRef, BlobRef, BlobRef, BlobRef];
const TREE: Manifest["body"] = {
  kind: "tree",
  partitionTable: "mbr",
  fileSystem: "fat32",
  partitionBytes: "fill",
  volumeLabel: "HQ",
  files: ["kernel", "a copy"].map((path) => ({ path, blob: KERNEL, modifiedAtMs: 0 })),
  emptyDirectories: [],
  biosBoot: { kind: "grub", boot: BOOT, core: CORE },
};
const IMAGE: Manifest["body"] = {
  kind: "image",
  stored: PACKED,
  compression: "xz",
  expanded: { sha256: "e".repeat(64), sizeBytes: 1_000_000 },
  mapped: null,
};

test.each([
  ["a tree", TREE, [KERNEL, BOOT, CORE]],
  ["an image as the library holds it", IMAGE, [PACKED]],
])("fetchMedia() brings every byte of %s", async (_, body, blobs) => {
  const { controller, library, asked } = await serve(body);
  for (const bytes of BYTES) await library.putBytes(bytes);
  const compiled = await compileMedia(controller, { name: "hq", revision: 0 });
  if (!compiled.ok) throw new Error(compiled.problem.detail);
  expect(asked).toEqual([{ name: "hq", revision: 0, disc: false }]);
  expect(compiled.value).toMatchObject({ media: MEDIA, manifest: { body }, warnings: [] });
  expect(Buffer.from(compiled.value.signature).toString()).toBe("signed");
  expect(JSON.parse(Buffer.from(compiled.value.manifestBytes).toString())).toEqual(
    compiled.value.manifest,
  );
  const directory = await makeTemporaryFolder(onTestFinished);
  const fetched = await fetchMedia(controller, compiled.value, { directory });
  if (!fetched.ok) throw new Error(fetched.problem.detail);
  expect(await readdir(directory)).toEqual(blobs.map(({ sha256 }) => sha256).sort());
  for (const blob of blobs)
    expect(blobOf(await readFile(fetched.value.blobPath(blob.sha256)))).toEqual(blob);
});

test("fetchMedia() says what the library has lost", async () => {
  const { controller } = await serve(TREE);
  const compiled = await compileMedia(controller, { name: "hq", revision: 3 });
  if (!compiled.ok) throw new Error(compiled.problem.detail);
  const directory = await makeTemporaryFolder(onTestFinished);
  expect(await fetchMedia(controller, compiled.value, { directory })).toMatchObject({
    problem: { code: "content_missing" },
  });
});

test("compileMedia() hands on what the controller refuses", async () => {
  const problem = { code: "media_unknown", detail: 'Cannot find "hq": there is none' } as const;
  const { controller } = await start({ compileMedia: () => fail(problem) });
  expect(await compileMedia(controller, { name: "hq", revision: 0 })).toMatchObject({ problem });
});

test.each([
  ["says not which media it is", undefined, '{"formatVersion":1}', "does not say which"],
  ["is of another format", MEDIA, '{"formatVersion":2}', "its format is 2"],
])("compileMedia() takes no answer that %s", async (_, media, text, words) => {
  const answer = { media, manifest: Buffer.from(text), manifestSignature: Buffer.alloc(0) };
  const { controller } = await start({ compileMedia: () => ok({ ...answer, warnings: [] }) });
  expect(await compileMedia(controller, { name: "hq", revision: 0 })).toMatchObject({
    problem: { code: "protocol_unsupported", detail: expect.stringContaining(words) },
  });
});

async function serve(body: Manifest["body"]) {
  const asked: unknown[] = [];
  const definition = { name: "hq", revision: 3, digest: "a".repeat(64) };
  const manifest = Buffer.from(renderCanonicalJson({ formatVersion: 1, definition, body }));
  const started = await start({
    compileMedia: (request) => {
      asked.push(request);
      const manifestSignature = Buffer.from("signed");
      return ok({ media: MEDIA, manifest, manifestSignature, warnings: [] });
    },
  });
  return { ...started, asked };
}

async function start(answers: Answers) {
  const { config, library } = await startTestController(onTestFinished, answers);
  const controller = openController(config);
  onTestFinished(() => controller.close());
  return { controller, library };
}

function blobOf(bytes: Uint8Array): BlobRef {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
}
