import { copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BootFile } from "./inspect-boot-image.ts";

/** For tests: what Debian has of signed loaders. */
export const SHIM = "/usr/lib/shim/shimx64.efi.signed";
export const SIGNED_GRUB = "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed";

/** For tests: files of a tree, each a text, some bytes or a copy of another file. */
export async function plantBootFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array | { readonly copyOf: string }>>,
): Promise<readonly BootFile[]> {
  const planted: BootFile[] = [];
  for (const [path, content] of Object.entries(files)) {
    const localPath = join(folder, path);
    await mkdir(dirname(localPath), { recursive: true });
    if ("copyOf" in content) await copyFile(content.copyOf, localPath);
    else await writeFile(localPath, content);
    planted.push({ path, localPath, sizeBytes: (await stat(localPath)).size });
  }
  return planted;
}
