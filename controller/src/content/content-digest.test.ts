import type { TreeContent } from "@stickfarm/common/media/content";
import { expect, test } from "vitest";
import { digestContent } from "./content-digest.ts";

const blob = { sha256: "a".repeat(64), sizeBytes: 3 };
const body: TreeContent = {
  kind: "tree",
  files: [{ path: "a.txt", blob, modifiedAtMs: 1 }],
  emptyDirectories: [],
};

test("digestContent() names what is written, not how it was said", () => {
  const digest = digestContent({ body, bootImage: null });
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  const { kind, files, emptyDirectories } = body;
  expect(digestContent({ bootImage: null, body: { emptyDirectories, files, kind } })).toBe(digest);
});

test("digestContent() changes with each fact", () => {
  const file = { path: "a.txt", blob, modifiedAtMs: 1 };
  const others = [
    { body, bootImage: { architectures: [], biosBoot: "none" as const } },
    { body: { ...body, emptyDirectories: ["x"] }, bootImage: null },
    ...[
      { ...file, path: "b.txt" },
      { ...file, modifiedAtMs: 2 },
      { ...file, blob: { ...blob, sha256: "b".repeat(64) } },
    ].map((changed) => ({ body: { ...body, files: [changed] }, bootImage: null })),
  ];
  const digests = [digestContent({ body, bootImage: null }), ...others.map(digestContent)];
  expect(new Set(digests).size).toBe(6);
});
