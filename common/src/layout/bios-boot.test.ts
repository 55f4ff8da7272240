import { expect, test } from "vitest";
import { MIB } from "../bytes.ts";
import { type GrubImages, placeGrub } from "./bios-boot.ts";

const PLACE = {
  geometry: { sizeBytes: 64 * MIB, logicalBlockBytes: 512 },
  coreBlock: 34,
  coreBlocksMax: 4,
};

/** As grub-mkimage leaves them: the fields that depend on the place are not filled in. */
function images(coreBytes = 1500): GrubImages {
  const boot = new Uint8Array(512).fill(0xb0);
  boot.set([0x55, 0xaa], 510);
  const core = new Uint8Array(coreBytes).fill(0xc0);
  core.set([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0x08], 0x1f4);
  return { boot, core };
}

test("placeGrub() writes where core.img lies into boot.img and core.img", () => {
  const placed = placeGrub(images(), PLACE);
  if (!placed.ok) throw new Error(placed.problem.detail);
  const boot = Buffer.from(placed.value.boot);
  const core = Buffer.from(placed.value.core);
  expect(boot.readBigUInt64LE(0x5c)).toBe(34n);
  expect(boot.subarray(0x64, 0x69).toString("hex")).toBe("ffb09090b0");
  expect(core.readBigUInt64LE(0x1f4)).toBe(35n);
  expect([core.readUInt16LE(0x1fc), core.readUInt16LE(0x1fe)]).toEqual([2, 0x820]);
  expect(core.length).toBe(1536);
  expect(core.subarray(512, 1500).every((byte) => byte === 0xc0)).toBe(true);
  expect(core.subarray(1500).every((byte) => byte === 0)).toBe(true);
});

test("placeGrub() takes views of a larger buffer, and leaves them as they are", () => {
  const { boot, core } = images();
  const shared = Buffer.concat([Buffer.alloc(64), boot, core]);
  const before = Buffer.from(shared);
  const views = { boot: shared.subarray(64, 576), core: shared.subarray(576) };
  expect(placeGrub(views, PLACE)).toEqual(placeGrub(images(), PLACE));
  expect(shared).toEqual(before);
});

test.each([
  [
    "4096 byte blocks",
    images(),
    { ...PLACE, geometry: { sizeBytes: MIB, logicalBlockBytes: 4096 } },
    "its blocks have 4096 bytes",
  ],
  ["a short boot.img", { ...images(), boot: new Uint8Array(440) }, PLACE, "boot.img has 440 bytes"],
  [
    "an unmarked boot.img",
    { ...images(), boot: new Uint8Array(512) },
    PLACE,
    "must be a boot sector",
  ],
  ["a foreign core.img", { ...images(), core: new Uint8Array(1024) }, PLACE, "diskboot.img"],
  ["a core.img of one block", images(512), PLACE, "diskboot.img"],
  ["a core.img that is too long", images(2049), PLACE, "core.img has 2049 bytes, at most 2048 fit"],
])("placeGrub() refuses %s", (_, given, place, words) => {
  const placed = placeGrub(given, place);
  expect(placed.ok ? null : placed.problem.code).toBe("boot_code_unfit");
  expect(placed.ok ? null : placed.problem.detail).toContain(words);
});
