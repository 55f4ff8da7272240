import { expect, test } from "vitest";
import { MIB } from "../bytes.ts";
import { seeVolumes } from "./see-volumes.ts";
import { type RecordedName, readerOf, recordedBytes } from "./test-volumes.ts";

const see = (bytes: Uint8Array, sizeBytes = bytes.length) =>
  seeVolumes(readerOf(bytes, sizeBytes), { sizeBytes, logicalBlockBytes: 512 });

test.each<[RecordedName, string, readonly (readonly [number, string, string])[]]>([
  [
    "mbr",
    "mbr",
    [
      [1, "fat32", "PART1"],
      [5, "ext4", "logical5"],
      [6, "swap", "logical6"],
    ],
  ],
  [
    "gpt",
    "gpt",
    [
      [1, "fat16", "ESP"],
      [2, "ext4", "root"],
    ],
  ],
  ["hybrid", "mbr", [[0, "iso9660", "HYBRID"]]],
  ["exfat", "none", [[0, "exfat", "Ex \u00c4\u00d6"]]],
  ["luks2", "none", [[0, "luks", "vault"]]],
])(
  "seeVolumes() sees the volumes of %s, and where partitions lie",
  async (name, table, volumes) => {
    const { bytes, sizeBytes } = recordedBytes(name);
    const seen = await see(bytes, sizeBytes);
    expect(seen.table).toBe(table);
    expect(seen.volumes.map(({ partition, kind, label }) => [partition, kind, label])).toEqual(
      volumes,
    );
    const numbers = volumes.map(([partition]) => partition).filter((partition) => partition > 0);
    expect(seen.partitions.map(({ number }) => number)).toEqual(numbers);
  },
);

test("seeVolumes() sees that nothing, or nothing known, is there", async () => {
  for (const [fill, kind] of [
    [0, "blank"],
    [0xa5, "unknown"],
  ] as const)
    expect(await see(new Uint8Array(MIB).fill(fill))).toMatchObject({
      table: "none",
      volumes: [{ kind }],
      partitions: [],
    });
});
