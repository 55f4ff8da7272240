import { existsSync, readdirSync } from "node:fs";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { missingPrograms, runProgram } from "./run-program.ts";

/** Debian's own signed kernel, with an initial RAM disk that says how it was started and halts. */
export type TestKernel = { readonly kernel: string; readonly initrd: string };

const BUSYBOX = "/bin/busybox";
const KERNELS = fileURLToPath(
  new URL("../../node_modules/.cache/test-kernel/boot", import.meta.url),
);

/** What the RAM disk prints on the serial console. */
export const KERNEL_BOOTED = {
  bios: /KERNEL-BOOTED-OK firmware=bios secure=no/,
  uefi: /KERNEL-BOOTED-OK firmware=uefi secure=no/,
  secure: /KERNEL-BOOTED-OK firmware=uefi secure=yes/,
} as const;

/** What this machine lacks for it; empty when it can. */
export function missingForTestKernel(): string[] {
  const kernel = findKernel() === null ? ["a kernel unpacked by set-up.sh"] : [];
  return [
    ...missingPrograms("cpio", "gzip"),
    ...kernel,
    ...[BUSYBOX].filter((path) => !existsSync(path)),
  ];
}

export async function makeTestKernel(directory: string): Promise<TestKernel> {
  const kernel = findKernel();
  if (kernel === null) throw new Error(`there is no kernel in ${KERNELS}`);
  const root = join(directory, "initrd-root");
  for (const folder of ["bin", "proc", "sys"]) await mkdir(join(root, folder), { recursive: true });
  await copyFile(BUSYBOX, join(root, "bin/busybox"));
  await writeFile(join(root, "init"), INIT);
  await chmod(join(root, "init"), 0o755);
  const initrd = join(directory, "initrd.gz");
  const pack = `find . | cpio -o -H newc --quiet | gzip -1 > "${initrd}"`;
  await runProgram("sh", ["-c", pack], { cwd: root });
  return { kernel, initrd };
}

function findKernel(): string | null {
  if (!existsSync(KERNELS)) return null;
  const name = readdirSync(KERNELS).find((entry) => entry.startsWith("vmlinuz-"));
  return name === undefined ? null : join(KERNELS, name);
}

const INIT = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
firmware=bios
[ -d /sys/firmware/efi ] && firmware=uefi
secure=no
/bin/busybox dmesg | /bin/busybox grep -qi "secure boot enabled" && secure=yes
echo "KERNEL-BOOTED-OK firmware=$firmware secure=$secure cmdline=$(/bin/busybox cat /proc/cmdline)"
echo o > /proc/sysrq-trigger
/bin/busybox sleep 9
`;
