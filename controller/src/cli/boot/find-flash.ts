import { access } from "node:fs/promises";
import type { Firmware } from "@stickfarm/common/media/boot-proof";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Machine } from "./qemu-arguments.ts";

type Flash = NonNullable<Machine["flash"]>;

/** Where distributions put OVMF: Debian and Ubuntu, Fedora, Arch. */
const PLACES: Readonly<Record<Exclude<Firmware, "bios">, readonly Flash[]>> = {
  uefi: [
    pair("/usr/share/OVMF/OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
    pair("/usr/share/edk2/ovmf/OVMF_CODE.fd", "OVMF_VARS.fd"),
    pair("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "OVMF_VARS.4m.fd"),
  ],
  // Its variables hold Microsoft's keys; Arch has none with them.
  secureboot: [
    pair("/usr/share/OVMF/OVMF_CODE_4M.ms.fd", "OVMF_VARS_4M.ms.fd"),
    pair("/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd", "OVMF_VARS.secboot.fd"),
  ],
};

/**
 * The firmware's files on this machine; `null` for BIOS, which QEMU brings.
 *
 * Problems: tool_missing.
 */
export async function findFlash(
  firmware: Firmware,
  isThere: (path: string) => Promise<boolean> = isReadable,
): Promise<Result<Machine["flash"]>> {
  if (firmware === "bios") return ok(null);
  for (const flash of PLACES[firmware])
    if ((await isThere(flash.code)) && (await isThere(flash.variables))) return ok(flash);
  return fail(flashMissing(firmware));
}

function flashMissing(firmware: Exclude<Firmware, "bios">): Problem {
  const [first] = PLACES[firmware];
  return {
    code: "tool_missing",
    detail: `Cannot boot with ${firmware}: OVMF not found on this machine, "${first?.code}" and its variables must be (\`apt-get install ovmf\`)`,
  };
}

function pair(code: string, variables: string): Flash {
  return { code, variables: code.replace(/[^/]+$/, variables) };
}

async function isReadable(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
