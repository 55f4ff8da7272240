import { expect, test } from "vitest";
import { blobsOfContent, blobsOfManifest, madeBlobs } from "./content-blobs.ts";
import type { Manifest } from "./manifest.ts";
import { imageContent, treeContent, treeFile } from "./test-library.ts";

const FILES = [treeFile("a"), treeFile("b"), { ...treeFile("a"), path: "copy of a" }];
const MADE = treeFile("media.json");

function treeManifest(biosBoot: "none" | "grub"): Pick<Manifest, "body"> {
  const boot = { boot: treeFile("a").blob, core: treeFile("core.img").blob };
  return {
    body: {
      kind: "tree",
      partitionTable: "mbr",
      fileSystem: "fat32",
      partitionBytes: "fill",
      volumeLabel: "A",
      files: [...FILES, MADE],
      emptyDirectories: [],
      biosBoot: biosBoot === "none" ? { kind: "none" } : { kind: "grub", ...boot },
    },
  };
}

test("blobsOfContent() names each file of a tree, and the stored file of an image", () => {
  expect(blobsOfContent(treeContent("tools", FILES)).map(({ path }) => path)).toEqual([
    "a",
    "b",
    "copy of a",
  ]);
  const image = imageContent("disk");
  expect(blobsOfContent(image)).toEqual([
    { path: "disk", blob: image.body.kind === "image" ? image.body.stored : null },
  ]);
});

test("blobsOfManifest() gives each blob once, boot code included", () => {
  const digests = (manifest: Pick<Manifest, "body">) =>
    blobsOfManifest(manifest).map(({ sha256 }) => sha256);
  const of = (...paths: string[]) => paths.map((path) => treeFile(path).blob.sha256);
  expect(digests(treeManifest("none"))).toEqual(of("a", "b", "media.json"));
  expect(digests(treeManifest("grub"))).toEqual(of("a", "b", "media.json", "core.img"));
});

test("madeBlobs() gives what none of the contents holds", () => {
  const contents = [treeContent("one", FILES.slice(0, 1)), treeContent("two", FILES.slice(1))];
  expect(madeBlobs(treeManifest("none"), contents)).toEqual([MADE.blob.sha256]);
  expect(madeBlobs(treeManifest("none"), [])).toHaveLength(3);
});
