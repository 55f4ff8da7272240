import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DiscBios, DiscBoot } from "@stickfarm/common/iso/find-disc-boot";
import type { BiosImage } from "@stickfarm/common/iso/render-xorriso-script";
import { OUR_FOLDER } from "@stickfarm/common/media/stick-path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { type BootVolume, layoutBootVolume, writeLayoutFile } from "./write-boot-volume.ts";

/** Boot images of a first disc, as files beside it. */
export type BootParts = {
  /** `localPath` is to lie at `path` on the disc. */
  readonly bios: (BiosImage & { readonly localPath: string }) | null;
  readonly uefiPath: string | null;
};

export type BootPartsOptions = {
  readonly folder: string;
  readonly blobPath: (sha256: string) => string;
  readonly volume: Omit<BootVolume, "files">;
  /** Where this machine keeps GRUB's images. */
  readonly grubFolder?: string;
};

const BIOS_PATH = `${OUR_FOLDER}/boot/bios.img`;
const CATALOG_PATH = `${OUR_FOLDER}/boot/boot.cat`;
const GRUB_FOLDER = "/usr/lib/grub/i386-pc";
const SECTOR_BYTES = 512;

/**
 * Make what firmware loads from a disc. Loaders are copies in our folder, because they are told where on the disc they lie,
 * and the tree's own files stay as they are.
 *
 * Problems: tool_missing when GRUB's images for discs are neither in the tree nor on this machine; boot_code_unfit;
 *           disk_full, storage_failed.
 */
export async function makeBootParts(
  boot: DiscBoot,
  options: BootPartsOptions,
): Promise<Result<BootParts>> {
  try {
    const bios = await makeBios(boot.bios, options);
    if (!bios.ok) return bios;
    const uefiPath = await makeUefi(boot, options);
    if (!uefiPath.ok) return uefiPath;
    return ok({ bios: bios.value, uefiPath: uefiPath.value });
  } catch (error) {
    return fail(fileProblem("Cannot make the disc's boot images", error));
  }
}

async function makeBios(
  bios: DiscBios,
  options: BootPartsOptions,
): Promise<Result<BootParts["bios"]>> {
  const { folder, blobPath } = options;
  const localPath = join(folder, "bios.img");
  const place = { path: BIOS_PATH, catalogPath: CATALOG_PATH, localPath };
  switch (bios.kind) {
    case "none":
      return ok(null);
    case "grub": {
      const grubFolder = options.grubFolder ?? GRUB_FOLDER;
      const cdboot = bios.cdboot ? blobPath(bios.cdboot.sha256) : join(grubFolder, "cdboot.img");
      const hybrid = bios.hybrid
        ? blobPath(bios.hybrid.sha256)
        : join(grubFolder, "boot_hybrid.img");
      const images = await readGrub([cdboot, hybrid]);
      if (!images.ok) return images;
      const [head, first] = images.value;
      await writeFile(localPath, Buffer.concat([head, await readFile(blobPath(bios.core.sha256))]));
      const hybridPath = join(folder, "hybrid.img");
      await writeFile(hybridPath, first);
      return ok({ ...place, loadBytes: 4 * SECTOR_BYTES, table: "grub", hybridPath });
    }
    case "isolinux": {
      await copyFile(blobPath(bios.image.sha256), localPath);
      const hybridPath = bios.hybrid === null ? null : blobPath(bios.hybrid.sha256);
      return ok({ ...place, loadBytes: 4 * SECTOR_BYTES, table: "isolinux", hybridPath });
    }
    case "etfsboot": {
      await copyFile(blobPath(bios.image.sha256), localPath);
      return ok({ ...place, loadBytes: 8 * SECTOR_BYTES, table: "none", hybridPath: null });
    }
  }
}

async function readGrub(
  paths: readonly [string, string],
): Promise<Result<readonly [Buffer, Buffer]>> {
  try {
    return ok([await readFile(paths[0]), await readFile(paths[1])]);
  } catch (error) {
    const detail = `Cannot start a disc by BIOS: "cdboot.img" and "boot_hybrid.img" of GRUB are neither in the boot image's "boot/grub/i386-pc" nor on this machine (\`apt-get install grub-pc-bin\`)`;
    return fail({ code: "tool_missing", detail, cause: error });
  }
}

async function makeUefi(
  { uefi }: DiscBoot,
  { folder, blobPath, volume }: BootPartsOptions,
): Promise<Result<string | null>> {
  if (uefi.kind === "none") return ok(null);
  if (uefi.kind === "image") return ok(blobPath(uefi.image.sha256));
  const layout = layoutBootVolume({ ...volume, files: uefi.files });
  if (!layout.ok) return layout;
  const path = join(folder, "uefi.img");
  const written = await writeLayoutFile(path, layout.value, blobPath);
  return written.ok ? ok(path) : written;
}
