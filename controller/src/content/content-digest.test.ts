import type { BootImageDetails, DriverClass } from "@stickfarm/common/media/boot-image-facts";
import type { BootImageFacts, TreeContent } from "@stickfarm/common/media/content";
import { expect, test } from "vitest";
import { digestContent } from "./content-digest.ts";

const blob = { sha256: "a".repeat(64), sizeBytes: 3 };
const body: TreeContent = {
  kind: "tree",
  files: [{ path: "a.txt", blob, modifiedAtMs: 1 }],
  emptyDirectories: [],
};

const BOOT_IMAGE: BootImageFacts = { architectures: [], biosBoot: "none", details: null };

function detailsWith(declared: readonly DriverClass[]): BootImageDetails {
  return { loaders: [], kernels: [], windowsImages: [], drivers: { declared, found: null } };
}

test("digestContent() is the same whatever a version can read from the files", () => {
  const read = { ...BOOT_IMAGE, details: detailsWith([]) };
  expect(digestContent({ body, bootImage: read })).toBe(
    digestContent({ body, bootImage: BOOT_IMAGE }),
  );
});

test("digestContent() names what is written, not how it was said", () => {
  const digest = digestContent({ body, bootImage: null });
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  const { kind, files, emptyDirectories } = body;
  expect(digestContent({ bootImage: null, body: { emptyDirectories, files, kind } })).toBe(digest);
});

test("digestContent() changes with each fact", () => {
  const file = { path: "a.txt", blob, modifiedAtMs: 1 };
  const others = [
    { body, bootImage: BOOT_IMAGE },
    { body, bootImage: { ...BOOT_IMAGE, details: detailsWith(["net"]) } },
    { body: { ...body, emptyDirectories: ["x"] }, bootImage: null },
    ...[
      { ...file, path: "b.txt" },
      { ...file, modifiedAtMs: 2 },
      { ...file, blob: { ...blob, sha256: "b".repeat(64) } },
    ].map((changed) => ({ body: { ...body, files: [changed] }, bootImage: null })),
  ];
  const digests = [digestContent({ body, bootImage: null }), ...others.map(digestContent)];
  expect(new Set(digests).size).toBe(7);
});
