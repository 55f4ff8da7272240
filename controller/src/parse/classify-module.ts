import type { DriverClass } from "@stickfarm/common/media/boot-image-facts";

/** Where the kernel's sources, and so its modules, have the drivers of a class. */
const FOLDERS: readonly (readonly [DriverClass, RegExp])[] = [
  ["net", /\/drivers\/net\/(?!phy\/|mdio\/|dummy|loopback|tun|veth|bonding\/|ppp\/)/],
  ["storage", /\/drivers\/(ata|nvme|mmc|message\/fusion|block|scsi|usb\/storage)\//],
];
/** Drivers of no device: what drives a disk uses them. */
const HELPERS =
  /\/(scsi_mod|scsi_common|sd_mod|sr_mod|st|sg|loop|nbd|zram|brd|nvme-core|nvme-common|mmc_core|libata|null_blk)\.ko/;

/** What a kernel module drives, by its path: "lib/modules/6.1/kernel/drivers/net/ethernet/intel/e1000/e1000.ko.xz". */
export function classifyModule(path: string): DriverClass | null {
  const rooted = `/${path}`;
  if (!isModule(path) || HELPERS.test(rooted)) return null;
  return FOLDERS.find(([, folder]) => folder.test(rooted))?.[0] ?? null;
}

export function isModule(path: string): boolean {
  return /\.ko(\.(gz|xz|zst))?$/.test(path);
}
