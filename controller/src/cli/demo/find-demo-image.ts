import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stage } from "./open-stage.ts";
import { renderOwnImage } from "./render-own-image.ts";

export type DemoImage = {
  /** As content is named. */
  readonly name: string;
  readonly path: string;
  /** A loader for UEFI that comes with it, or null. */
  readonly efiLoader: string | null;
};

/** Bootable images that Debian packages ship. */
const SHIPPED: readonly DemoImage[] = [
  {
    name: "memtest86plus",
    path: "/usr/lib/memtest86+/memtest86+x64.iso",
    efiLoader: "/boot/memtest86+x64.efi",
  },
  { name: "ipxe", path: "/usr/lib/ipxe/ipxe.iso", efiLoader: "/usr/lib/ipxe/ipxe.efi" },
];

/** A real bootable image where the machine has one; else one that is laid out here, which is said. */
export async function findDemoImage(stage: Stage): Promise<DemoImage> {
  for (const image of SHIPPED) {
    if (!(await exists(image.path))) continue;
    const { efiLoader } = image;
    return efiLoader !== null && (await exists(efiLoader)) ? image : { ...image, efiLoader: null };
  }
  const path = join(stage.directory, "own.img");
  if (!(await exists(path))) {
    stage.say(
      "\nNo bootable image of a Debian package is here (memtest86+ or ipxe would do): using one of our own",
    );
    await writeFile(path, renderOwnImage());
  }
  return { name: "own-image", path, efiLoader: null };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
