import { expect, test } from "vitest";
import { GIB, MIB, TIB } from "../bytes.ts";
import { driveTooSmall, fitPartition, neededDriveBytes } from "./fit-partition.ts";

const chainBytes = [64, 1_000_000];
const drive = (sizeBytes: number, logicalBlockBytes = 512) => ({ sizeBytes, logicalBlockBytes });

test.each([
  ["ends before the last MiB", "fill", 64 * MIB, 62 * MIB],
  ["ends with a whole MiB", "fill", 64 * MIB + 512, 62 * MIB],
  ["ends at 2 TiB", "fill", 2 * TIB + 10 * MIB, 2 * TIB - MIB],
  ["ends at 2 TiB of a larger drive", "fill", 5 * TIB, 2 * TIB - MIB],
  ["has the size asked for", GIB, 8 * GIB, GIB],
  ["has whole MiB", GIB + 1000, 8 * GIB, GIB],
  ["may be all that there is", 62 * MIB, 64 * MIB, 62 * MIB],
] as const)(
  "fitPartition() gives a partition that %s",
  (_, partitionBytes, sizeBytes, expected) => {
    const fitted = fitPartition({ chainBytes, partitionBytes }, drive(sizeBytes));
    expect(fitted.ok && fitted.value.partitionBytes).toBe(expected);
  },
);

test.each([
  [
    "drive_too_small",
    "fill",
    36 * MIB - 512,
    "it has 37748224 bytes (36.0 MiB), it must have at least 37748736 bytes (36.0 MiB)",
  ],
  ["drive_too_small", "fill", 0, "it has 0 bytes"],
  ["drive_too_small", GIB, GIB, "at least 1075838976 bytes (1.00 GiB)"],
  [
    "partition_size_invalid",
    33 * MIB,
    GIB,
    "it must have at least 35651584 bytes (34.0 MiB) for these files",
  ],
  ["partition_size_invalid", 1, GIB, "a partition of 1 bytes"],
  ["partition_size_invalid", 2 * TIB, 4 * TIB, "it must have at most 2199022206976 bytes"],
] as const)(
  "fitPartition() refuses with %s a partition of %s on %i bytes",
  (code, partitionBytes, sizeBytes, words) => {
    const fitted = fitPartition({ chainBytes, partitionBytes }, drive(sizeBytes));
    expect(fitted.ok ? null : fitted.problem.code).toBe(code);
    expect(fitted.ok ? null : fitted.problem.detail).toContain(words);
  },
);

test("fitPartition() refuses a tree that no FAT32 partition holds", () => {
  const files = Array.from({ length: 600 }, () => 4 * GIB - 1);
  const fitted = fitPartition({ chainBytes: files, partitionBytes: "fill" }, drive(4 * TIB));
  expect(fitted.ok ? null : fitted.problem.detail).toContain("the files in one FAT32 partition");
});

test("neededDriveBytes() is more with blocks of 4096 bytes", () => {
  const wish = { chainBytes, partitionBytes: "fill" } as const;
  expect(neededDriveBytes(wish, 512)).toEqual({ ok: true, value: 36 * MIB });
  expect(neededDriveBytes(wish, 4096)).toEqual({ ok: true, value: 260 * MIB });
});

test("driveTooSmall() names both sizes", () => {
  expect(driveTooSmall(1024, 2048)).toEqual({
    code: "drive_too_small",
    detail:
      "Cannot lay out the media on the drive: it has 1024 bytes (1.00 KiB), it must have at least 2048 bytes (2.00 KiB)",
  });
});
