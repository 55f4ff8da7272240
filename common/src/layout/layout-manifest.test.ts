import { expect, test } from "vitest";
import { MIB } from "../bytes.ts";
import type { Manifest } from "../media/manifest.ts";
import { layoutImage } from "./layout-image.ts";
import { layoutManifest } from "./layout-manifest.ts";
import { layoutTree } from "./layout-tree.ts";
import { stickIdentity } from "./stick-identity.ts";

const input = {
  geometry: { sizeBytes: 64 * MIB, logicalBlockBytes: 512 },
  identity: stickIdentity("0123456789abcdef0123456789abcdef"),
  stamps: [{ path: "stamp", bytes: Uint8Array.of(1), modifiedAtMs: 0 }],
  biosBoot: null,
};

test("layoutManifest() lays out an image as it is", () => {
  const blob = { sha256: "raw", sizeBytes: MIB };
  const body = {
    ...({
      kind: "image",
      stored: blob,
      compression: "none",
      expanded: blob,
      mapped: null,
    } as const),
  } satisfies Manifest["body"];
  expect(layoutManifest({ body, ...input })).toEqual(layoutImage(body, input));
});

test("layoutManifest() lays out a tree with its stamps", () => {
  const body = {
    kind: "tree",
    partitionTable: "gpt",
    fileSystem: "fat32",
    partitionBytes: "fill",
    volumeLabel: "",
    files: [],
    emptyDirectories: [],
    biosBoot: { kind: "none" },
  } as const satisfies Manifest["body"];
  expect(layoutManifest({ body, ...input })).toEqual(layoutTree({ body, ...input }));
});
