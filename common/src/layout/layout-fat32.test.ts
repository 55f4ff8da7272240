import { expect, test } from "vitest";
import { GIB, MIB } from "../bytes.ts";
import { chooseFatGeometry, dataOffsetBytes, type FatGeometry } from "./fat-geometry.ts";
import { chainLengths, type FatFile, layoutFat32, ownersInOrder } from "./layout-fat32.ts";
import { plantTree } from "./plant-tree.ts";

const geometry = chooseFatGeometry({ partitionBytes: GIB, blockBytes: 512 }, []) as FatGeometry;
const dataBytes = MIB + dataOffsetBytes(geometry);

function file(path: string, sizeBytes: number): FatFile {
  return {
    path,
    sizeBytes,
    modifiedAtMs: 1_700_000_000_000,
    content: { kind: "blob", sha256: path },
  };
}

const stamp: FatFile = {
  ...file("z", 3),
  content: { kind: "bytes", bytes: Uint8Array.of(1, 2, 3) },
};
const files = [file("a/b", 5000), file("empty", 0), file("x", 4096), stamp];
const tree = { directories: plantTree(files, ["e"]), files };
const volume = layoutFat32(tree, {
  geometry,
  offsetBytes: MIB,
  volumeId: 1,
  volumeLabel: "HQ",
});

test("chainLengths() lists directories, then files", () => {
  // Root: head, E, A, X, Z and EMPTY in upper case would be short; in lower case each takes two records.
  expect(chainLengths(tree)).toEqual([32 * (2 + 5 * 2), 64, 32 * 4, 5000, 0, 4096, 3]);
});

test("ownersInOrder() puts the root first, then large files by size, then what is small", () => {
  const some = [file("a/x", 5), file("b/y", MIB), file("c", 3 * MIB), file("d", MIB - 1)];
  const order = ownersInOrder({ directories: plantTree(some, []), files: some });
  expect(order.map(({ path }) => path)).toEqual(["", "c", "b/y", "a", "b", "a/x", "d"]);
});

test("layoutFat32() moves no large file when small ones and directories come, grow and go", () => {
  const large = [file("boot/boot.wim", 5 * MIB), file("install.wim", 9 * MIB + 1)];
  const placesWith = (...small: FatFile[]) => {
    const all = [...large, ...small].sort((left, right) => (left.path < right.path ? -1 : 1));
    const { extents } = layoutFat32(
      { directories: plantTree(all, []), files: all },
      { geometry, offsetBytes: MIB, volumeId: 1, volumeLabel: "HQ" },
    );
    return large.map(
      ({ path }) =>
        extents.find(({ source }) => source.kind === "blob" && source.sha256 === path)?.offsetBytes,
    );
  };
  const before = placesWith(file("a", 1), file("boot/loader", 900_000));
  expect(placesWith()).toEqual(before);
  expect(placesWith(file("a", 9000), file("b/new/x", 3), file("stickfarm/y", 1))).toEqual(before);
});

test("layoutFat32() lets directories and files follow each other, an empty file nowhere", () => {
  const found = volume.extents.map(({ offsetBytes, lengthBytes, source }) => [
    offsetBytes >= dataBytes ? `cluster ${2 + (offsetBytes - dataBytes) / 4096}` : offsetBytes,
    lengthBytes,
    source.kind === "blob" ? `${source.sha256}@${source.blobOffsetBytes}` : source.kind,
  ]);
  expect(found).toEqual([
    [MIB, 4096, "bytes"],
    [MIB + geometry.reservedBytes, 512, "bytes"],
    [MIB + geometry.reservedBytes + geometry.fatBytes, 512, "bytes"],
    ["cluster 2", 512, "bytes"],
    ["cluster 3", 512, "bytes"],
    ["cluster 4", 512, "bytes"],
    ["cluster 5", 5000, "a/b@0"],
    ["cluster 7", 4096, "x@0"],
    ["cluster 8", 512, "bytes"],
  ]);
  expect(volume.endBytes).toBe(dataBytes + 7 * 4096);
});

test("layoutFat32() writes the same table twice", () => {
  const [, first, second] = volume.extents;
  expect(first?.source).toEqual(second?.source);
  const bytes = first?.source.kind === "bytes" ? first.source.bytes : new Uint8Array(512);
  const end = 0x0fffffff;
  expect([...new Uint32Array(bytes.slice(8, 40).buffer)]).toEqual([
    end,
    end,
    end,
    6,
    end,
    end,
    end,
    0,
  ]);
});

test("layoutFat32() points from each entry to its clusters", () => {
  const [, , , root, , nested] = volume.extents;
  const clusters = (bytes: Uint8Array) =>
    Array.from({ length: bytes.length / 32 }, (_, index) => Buffer.from(bytes.slice(index * 32)))
      .filter((record) => record[0] !== 0 && record[11] !== 0x0f)
      .map((record) => [record.toString("latin1", 0, 11).trim(), record.readUInt16LE(26)]);
  expect(clusters(root?.source.kind === "bytes" ? root.source.bytes : new Uint8Array())).toEqual([
    ["HQ", 0],
    ["A", 4],
    ["E", 3],
    ["EMPTY", 0],
    ["X", 7],
    ["Z", 8],
  ]);
  expect(
    clusters(nested?.source.kind === "bytes" ? nested.source.bytes : new Uint8Array()),
  ).toEqual([
    [".", 4],
    ["..", 0],
    ["B", 5],
  ]);
});
