import { expect, test } from "vitest";
import { GIB, MIB } from "../bytes.ts";
import type { TreeBody } from "../media/manifest.ts";
import { requiredDriveBytes } from "./required-drive-bytes.ts";

function tree(changes: Partial<TreeBody>): TreeBody {
  return {
    kind: "tree",
    partitionTable: "gpt",
    fileSystem: "fat32",
    partitionBytes: "fill",
    volumeLabel: "",
    files: [],
    emptyDirectories: [],
    biosBoot: { kind: "none" },
    ...changes,
  };
}

const file = (path: string, sizeBytes: number) => ({
  path,
  blob: { sha256: path, sizeBytes },
  modifiedAtMs: 0,
});

test.each([
  ["nothing, because FAT32 has a smallest size", tree({}), 36 * MIB],
  ["files, tables and both ends", tree({ files: [file("a", GIB)] }), 1030 * MIB],
  ["a partition of a given size and both ends", tree({ partitionBytes: GIB }), GIB + 2 * MIB],
])("requiredDriveBytes() counts %s", (_, body, expected) => {
  expect(requiredDriveBytes(body, [])).toEqual({ ok: true, value: expected });
});

test("requiredDriveBytes() counts stamps", () => {
  const bytes = new Uint8Array(40 * MIB);
  const stamped = requiredDriveBytes(tree({}), [{ path: "big", bytes, modifiedAtMs: 0 }]);
  expect(stamped.ok && stamped.value).toBeGreaterThan(42 * MIB);
});

test("requiredDriveBytes() lets an image go back to the drive that it was read from", () => {
  const expanded = { sha256: "raw", sizeBytes: 5000 };
  const body = {
    kind: "image",
    stored: expanded,
    compression: "none",
    expanded,
    mapped: null,
  } as const;
  expect(requiredDriveBytes(body, [])).toEqual({ ok: true, value: 5120 });
});

test("requiredDriveBytes() refuses what no drive can hold", () => {
  const codes = [tree({ files: [file("a?", 1)] }), tree({ partitionBytes: MIB })].map((body) => {
    const required = requiredDriveBytes(body, []);
    return required.ok ? null : required.problem.code;
  });
  expect(codes).toEqual(["name_not_fat", "partition_size_invalid"]);
});
