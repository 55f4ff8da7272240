import { fail, ok, type Result } from "../result.ts";
import { alignUp } from "./align.ts";
import type { DriveGeometry } from "./extent.ts";

/**
 * How a BIOS comes to GRUB: it loads block 0, whose boot.img loads one block, the first of core.img, which loads the
 * rest of core.img by a list at its own end. Both were made without knowing where they will lie; this writes it into
 * them, as grub-bios-setup does. Redundancy by Reed-Solomon is left out: the stick is read back instead.
 *
 * Source: GRUB 2.06 util/setup.c; include/grub/i386/pc/boot.h and grub-core/boot/i386/pc/diskboot.S for the offsets.
 */
const SECTOR_BYTES = 512;
const KERNEL_SECTOR_OFFSET = 0x5c;
const BOOT_DRIVE_OFFSET = 0x64;
const DRIVE_CHECK_OFFSET = 0x66;
const BLOCK_LIST_OFFSET = 0x1f4;
/** Where core.img's second sector is loaded: 0x8200. */
const CORE_SEGMENT = 0x820;

export type GrubImages = { readonly boot: Uint8Array; readonly core: Uint8Array };

/**
 * GRUB's images as they lie on the drive with core.img from `coreBlock` on.
 *
 * Shape:    `boot` is a sector whose partition table is not used; `core` is whole blocks, at most `coreBlocksMax`.
 * Problems: boot_code_unfit.
 */
export function placeGrub(
  { boot, core }: GrubImages,
  place: {
    readonly geometry: DriveGeometry;
    readonly coreBlock: number;
    readonly coreBlocksMax: number;
  },
): Result<GrubImages> {
  const why = whyUnfit({ boot, core }, place);
  if (why !== null) {
    return fail({
      code: "boot_code_unfit",
      detail: `Cannot make the drive boot by BIOS: ${why}`,
    });
  }
  return ok({ boot: placedBoot(boot, place.coreBlock), core: placedCore(core, place.coreBlock) });
}

function whyUnfit(
  { boot, core }: GrubImages,
  place: { readonly geometry: DriveGeometry; readonly coreBlocksMax: number },
): string | null {
  const { logicalBlockBytes } = place.geometry;
  const coreBytesMax = place.coreBlocksMax * SECTOR_BYTES;
  if (logicalBlockBytes !== SECTOR_BYTES) {
    return `its blocks have ${logicalBlockBytes} bytes, GRUB's boot.img reads only ${SECTOR_BYTES}`;
  }
  if (boot.length !== SECTOR_BYTES || uint16(boot, 510) !== 0xaa55) {
    return `boot.img has ${boot.length} bytes, it must be a boot sector of ${SECTOR_BYTES}`;
  }
  if (core.length <= SECTOR_BYTES || uint16(core, SECTOR_BYTES - 2) !== CORE_SEGMENT) {
    return "core.img does not begin with GRUB's diskboot.img";
  }
  if (core.length > coreBytesMax) {
    return `core.img has ${core.length} bytes, at most ${coreBytesMax} fit before the partition`;
  }
  return null;
}

function placedBoot(boot: Uint8Array, coreBlock: number): Uint8Array {
  const bytes = new Uint8Array(boot);
  new DataView(bytes.buffer).setBigUint64(KERNEL_SECTOR_OFFSET, BigInt(coreBlock), true);
  // The drive that the BIOS booted.
  bytes[BOOT_DRIVE_OFFSET] = 0xff;
  // A jump becomes two nops, so that boot.img corrects BIOSes that pass a wrong drive number for a hard disk.
  bytes.fill(0x90, DRIVE_CHECK_OFFSET, DRIVE_CHECK_OFFSET + 2);
  return bytes;
}

function placedCore(core: Uint8Array, coreBlock: number): Uint8Array {
  const bytes = new Uint8Array(alignUp(core.length, SECTOR_BYTES));
  bytes.set(core);
  const view = new DataView(bytes.buffer, BLOCK_LIST_OFFSET);
  view.setBigUint64(0, BigInt(coreBlock + 1), true);
  view.setUint16(8, bytes.length / SECTOR_BYTES - 1, true);
  view.setUint16(10, CORE_SEGMENT, true);
  return bytes;
}

function uint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
}
