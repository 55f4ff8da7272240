import type { BlockDevice, MachineFacts } from "@stickfarm/common/drive/why-not-writable";

/** A disk of this machine, as the kernel shows it now. */
export type DiskSource = {
  readonly kind: "disk";
  /** Its node, which the kernel may give to another disk as soon as this one goes. */
  readonly path: string;
  /** Sticks have at most so many bytes; a larger disk is taken for somebody's data. */
  readonly stickBytesMax: number;
};

/** Every disk that is hardware, sticks and others: what is not a stick is refused with its reasons, not hidden. */
export function findDisks({ devices }: MachineFacts, stickBytesMax: number): readonly DiskSource[] {
  return disksOf(devices).map(({ name }) => ({
    kind: "disk",
    // The kernel writes "/" in names as "!".
    path: `/dev/${name.replaceAll("!", "/")}`,
    stickBytesMax,
  }));
}

/** Optical drives are hardware too, and nobody's stick. */
export function disksOf(devices: readonly BlockDevice[]): readonly BlockDevice[] {
  return devices.filter(({ hardware, name }) => hardware !== null && !/^sr\d/.test(name));
}
