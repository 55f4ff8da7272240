import type { Architecture } from "./architecture.ts";
import type { Content } from "./content.ts";
import type { Library } from "./library.ts";
import type { TreeFile } from "./manifest.ts";

/** For tests: contents without files in a library. */
export function treeContent(name: string, files: readonly TreeFile[] = []): Content {
  const body = { kind: "tree", files, emptyDirectories: [] } as const;
  return { name, digest: digestOf(name), createdAtMs: 1, body, bootImage: null };
}

export function bootImageContent(
  name: string,
  architectures: readonly Architecture[],
  files: readonly TreeFile[] = [],
): Content {
  return {
    ...treeContent(name, files),
    bootImage: { architectures, biosBoot: "none", details: null },
  };
}

export function imageContent(name: string): Content {
  const blob = { sha256: digestOf(`${name} image`), sizeBytes: 1024 };
  const body = {
    kind: "image",
    stored: blob,
    compression: "none",
    expanded: blob,
    mapped: null,
    blockMapSha256: null,
  } as const;
  return { name, digest: digestOf(name), createdAtMs: 1, body, bootImage: null };
}

export function libraryOf(
  contents: readonly Content[],
  secretNames: readonly string[],
  pointNames: readonly string[] = [],
): Library {
  return {
    contents: new Map(contents.map((content) => [content.name, content])),
    secretNames: new Set(secretNames),
    weakSecrets: new Map(),
    taskSequences: new Map(),
    pointNames: new Set(pointNames),
  };
}

export function treeFile(path: string, sizeBytes = 10): TreeFile {
  return { path, blob: { sha256: digestOf(path), sizeBytes }, modifiedAtMs: 1 };
}

/** Looks like a SHA-256 and is another for another text. */
export function digestOf(text: string): string {
  const codes = Array.from(text, (character) => (character.codePointAt(0) ?? 0).toString(16));
  return codes.join("").slice(-64).padStart(64, "0");
}
