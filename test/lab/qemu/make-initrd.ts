import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { runProgram } from "../../support/run-program.ts";
import { orderModules, plainName, readNeeds } from "./order-modules.ts";

/** Debian: busybox-static. It is all that the machine has until its file system is there. */
export const BUSYBOX = "/bin/busybox";

const WANTED = [
  ...["virtio_pci", "virtio_net", "9pnet_virtio", "9p", "overlay"],
  ...["crct10dif_generic", "xhci_pci", "usb_storage", "sd_mod"],
];

/** Pack the machine's first file system: busybox, drivers and `init`. Not compressed: unpacking costs more than reading. */
export async function makeInitrd(
  { modules, init }: { readonly modules: string; readonly init: string },
  folder: string,
): Promise<string> {
  const root = join(folder, "initrd-root");
  for (const name of ["bin", "modules"]) await mkdir(join(root, name), { recursive: true });
  await copyFile(BUSYBOX, join(root, "bin/busybox"));
  await copyFile(init, join(root, "init"));
  const files = await readModules(modules);
  const order = orderModules(WANTED, new Map([...files].map(([name, { needs }]) => [name, needs])));
  for (const name of order) {
    const file = files.get(name);
    if (file !== undefined) await copyFile(file.path, join(root, "modules", `${name}.ko`));
  }
  await writeFile(join(root, "modules/order"), `${order.join("\n")}\n`);
  const packed = join(folder, "initrd.cpio");
  const pack = `chmod 755 init && find . | cpio -o -H newc --quiet > "$1"`;
  await runProgram("sh", ["-c", pack, "sh", packed], { cwd: root });
  return packed;
}

type ModuleFile = { readonly path: string; readonly needs: readonly string[] };

async function readModules(folder: string): Promise<ReadonlyMap<string, ModuleFile>> {
  const files = new Map<string, ModuleFile>();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    files.set(plainName(basename(name, ".ko")), { path, needs: readNeeds(await readFile(path)) });
  }
  return files;
}
