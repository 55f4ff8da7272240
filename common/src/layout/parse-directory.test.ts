import { expect, test } from "vitest";
import { type DirectoryEntry, renderDirectory } from "./fat-directory.ts";
import { parseDirectory } from "./parse-directory.ts";

const NAMES = ["README.TXT", "media.json", "größe 日本語.dat", "n".repeat(255), "thirteen.unit"];
const ENTRIES = NAMES.map(
  (name, index): DirectoryEntry => ({
    kind: index % 2 === 0 ? "file" : "directory",
    name,
    firstCluster: 70_000 + index,
    sizeBytes: index % 2 === 0 ? 1000 + index : 0,
    modifiedAtMs: 0,
  }),
);
const HEAD = { kind: "nested", ownCluster: 3, parentCluster: 0, modifiedAtMs: 0 } as const;

test("parseDirectory() gives back what renderDirectory() wrote", () => {
  expect(parseDirectory(renderDirectory(HEAD, ENTRIES))).toEqual(
    ENTRIES.map(({ kind, name, firstCluster, sizeBytes }) => ({
      name,
      isDirectory: kind === "directory",
      firstCluster,
      sizeBytes,
    })),
  );
});

test("parseDirectory() leaves out the label, what was deleted, and what comes after the end", () => {
  const root = { kind: "root", volumeLabel: "MY STICK", modifiedAtMs: 0 } as const;
  const bytes = renderDirectory(root, ENTRIES.slice(0, 1));
  expect(parseDirectory(bytes).map(({ name }) => name)).toEqual(["README.TXT"]);
  const deleted = Uint8Array.from(bytes);
  deleted[32] = 0xe5;
  expect(parseDirectory(deleted)).toEqual([]);
  expect(parseDirectory(new Uint8Array([...new Uint8Array(32), ...bytes]))).toEqual([]);
});

test("parseDirectory() takes the short name when the long one is not the entry's", () => {
  const bytes = renderDirectory(HEAD, [{ ...entry("media.json.bak") }]);
  const [good] = parseDirectory(bytes);
  expect(good?.name).toBe("media.json.bak");
  // The checksum of the first of its two parts, and the number of the second.
  for (const at of [64 + 13, 96]) {
    const broken = Uint8Array.from(bytes);
    broken[at] = 0x55;
    expect(parseDirectory(broken).map(({ name }) => name)).toEqual(["MEDIAJ~1.BAK"]);
  }
});

test("parseDirectory() reads the case of short names as Windows NT keeps it", () => {
  const bytes = renderDirectory(HEAD, [entry("README.TXT")]);
  bytes[64 + 12] = 0x08 | 0x10;
  expect(parseDirectory(bytes)[0]?.name).toBe("readme.txt");
});

test("parseDirectory() takes any bytes", () => {
  for (const byte of [0x01, 0x0f, 0x41, 0xff])
    expect(Array.isArray(parseDirectory(new Uint8Array(4096).fill(byte)))).toBe(true);
  expect(parseDirectory(new Uint8Array(31).fill(0x41))).toEqual([]);
});

function entry(name: string): DirectoryEntry {
  return { kind: "file", name, firstCluster: 5, sizeBytes: 1, modifiedAtMs: 0 };
}
