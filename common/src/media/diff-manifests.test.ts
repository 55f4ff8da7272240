import { expect, test } from "vitest";
import { diffManifests } from "./diff-manifests.ts";
import type { Manifest, TreeFile } from "./manifest.ts";
import { treeFile } from "./test-library.ts";

test("diffManifests() finds what was added, removed and changed, by digest", () => {
  const changed = { ...treeFile("b"), blob: { sha256: "other", sizeBytes: 11 } };
  const redated = { ...treeFile("same"), modifiedAtMs: 99 };
  const before = tree([treeFile("same"), treeFile("b"), treeFile("c")]);
  const after = tree([treeFile("a"), redated, changed]);
  expect(diffManifests(before, after)).toEqual([
    { path: "a", before: null, after: treeFile("a").blob },
    { path: "b", before: treeFile("b").blob, after: changed.blob },
    { path: "c", before: treeFile("c").blob, after: null },
  ]);
  expect(diffManifests(before, before)).toEqual([]);
});

test("diffManifests() compares no seal with another, and tells when one is gone", () => {
  const seal = (sha256: string) => ({
    ...treeFile("stickfarm/settings.sealed"),
    blob: { sha256, sizeBytes: 1 },
  });
  expect(diffManifests(tree([seal("x")]), tree([seal("y")]))).toEqual([]);
  expect(diffManifests(tree([seal("x")]), tree([]))).toHaveLength(1);
});

test("diffManifests() takes a disk image for one file", () => {
  expect(diffManifests(image("x"), image("x"))).toEqual([]);
  expect(diffManifests(image("x"), image("y"))).toEqual([
    {
      path: "(disk image)",
      before: { sha256: "x", sizeBytes: 512 },
      after: { sha256: "y", sizeBytes: 512 },
    },
  ]);
});

function manifest(body: Manifest["body"]): Manifest {
  return { formatVersion: 1, definition: { name: "hq", revision: 1, digest: "d" }, body };
}

function tree(files: readonly TreeFile[]): Manifest {
  return manifest({
    kind: "tree",
    partitionTable: "mbr",
    fileSystem: "fat32",
    partitionBytes: "fill",
    volumeLabel: "A",
    files,
    emptyDirectories: [],
    biosBoot: { kind: "none" },
  });
}

function image(sha256: string): Manifest {
  const blob = { sha256, sizeBytes: 512 };
  return manifest({
    kind: "image",
    stored: blob,
    compression: "none",
    expanded: blob,
    mapped: null,
  });
}
