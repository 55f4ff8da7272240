import { expect, test } from "vitest";
import { type Head, SIGNATURES } from "./signatures.ts";
import { readerOf } from "./test-volumes.ts";

const SIZE = 1 << 20;

async function kindsOf(
  marks: readonly (readonly [at: number, mark: string | readonly number[]])[],
) {
  const volume = Buffer.alloc(SIZE);
  for (const [at, mark] of marks)
    volume.set(typeof mark === "string" ? Buffer.from(mark) : mark, at);
  const head: Head = { read: readerOf(volume), sizeBytes: SIZE, bytes: volume.subarray(0, 8192) };
  const kinds: string[] = [];
  for (const { kind, matches } of SIGNATURES) if (await matches(head)) kinds.push(kind);
  return kinds;
}

const MD = [0xfc, 0x4e, 0x2b, 0xa9];

test.each<[string, Parameters<typeof kindsOf>[0]]>([
  ["md", [[0, MD]]],
  ["md", [[4096, MD]]],
  ["md", [[SIZE - 8192, MD]]],
  ["md", [[SIZE - 65_536, MD]]],
  [
    "lvm2",
    [
      [1536, "LABELONE"],
      [1536 + 24, "LVM2 001"],
    ],
  ],
  [
    "zfs",
    [
      [16_384, [1, 1]],
      [16_384 + 24, "version"],
      [16_384 + 200, "pool_guid"],
    ],
  ],
  ["squashfs", [[0, "hsqs"]]],
  ["apfs", [[32, "NXSB"]]],
  ["hfsplus", [[1024, "H+"]]],
  ["hfsplus", [[1024, "HX"]]],
  ["swap", [[4086, "SWAP-SPACE"]]],
])("SIGNATURES know %s by %j, and by nothing else", async (kind, marks) => {
  expect(await kindsOf(marks)).toEqual([kind]);
});

test("SIGNATURES know a RAID by its mark near the end of a drive of 3 TB", async () => {
  const sizeBytes = 3e12 - (3e12 % 512);
  const markAt = sizeBytes - (sizeBytes % 4096) - 8192;
  const sector = Uint8Array.from(MD);
  const read: Head["read"] = async (at) => (at === markAt ? sector : new Uint8Array(512));
  const isMd = SIGNATURES.find(({ kind }) => kind === "md")?.matches;
  expect(await isMd?.({ read, sizeBytes, bytes: new Uint8Array(8192) })).toBe(true);
});

test("SIGNATURES take half a mark for none", async () => {
  expect(await kindsOf([])).toEqual([]);
  expect(await kindsOf([[1536, "LABELONE"]])).toEqual([]);
  expect(
    await kindsOf([
      [2048, "LABELONE"],
      [2048 + 24, "LVM2 001"],
    ]),
  ).toEqual([]);
  expect(await kindsOf([[SIZE - 4096, MD]])).toEqual([]);
  expect(
    await kindsOf([
      [16_384, [1, 1]],
      [16_384 + 24, "version"],
    ]),
  ).toEqual([]);
});
