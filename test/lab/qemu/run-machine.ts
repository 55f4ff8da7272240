import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { spawnCommand } from "../../support/processes.ts";
import { waitFor } from "../../support/wait-for.ts";
import { type Monitor, openMonitor } from "./qmp.ts";

/** A virtual workstation with a USB 3 controller, into whose ports sticks are plugged while it runs. */
export type Machine = {
  readonly accelerator: Accelerator;
  readonly monitor: Monitor;
  /** What its kernel and its first process print. */
  readonly console: () => string;
  /** Kill it; it has nothing to lose. */
  readonly end: () => Promise<void>;
};

export type Accelerator = "kvm" | "tcg";

export type MachineSpec = {
  readonly kernel: string;
  readonly initrd: string;
  /** Its /mnt; run.sh in it is run as root. */
  readonly share: string;
  /** For its sockets. */
  readonly folder: string;
  readonly memoryMib: number;
};

export const QEMU = "qemu-system-x86_64";

/** Ports of either speed; sticks take those of USB 3. */
export const PORTS = 8;

/** The plainest processor, which costs least to compute: what it lacks, old workstations lack too. */
const CPU = { kvm: "host", tcg: "qemu64" } as const;

/** As the machine's controller sees its host, whose own loopback it reaches under this address. */
export const HOST_ADDRESS = "10.0.2.2";

/** By KVM a machine is up in a few seconds, or never: some kernels offer one that no ordinary kernel starts under. */
const UP_LIMIT_MS = { kvm: 25_000, tcg: 300_000 } as const;

/** Start the machine by the fastest way that works here, and wait until its file system is there. */
export async function runMachine(spec: MachineSpec, say: (line: string) => void): Promise<Machine> {
  if (await canUseKvm()) {
    try {
      return await tryMachine(spec, "kvm");
    } catch (error) {
      say(`KVM does not start it, so QEMU computes every instruction: ${firstLine(error)}`);
    }
  }
  return tryMachine(spec, "tcg");
}

async function tryMachine(spec: MachineSpec, accelerator: Accelerator): Promise<Machine> {
  const socket = join(spec.folder, `monitor-${accelerator}`);
  const options = { cwd: spec.folder, env: {} };
  const program = spawnCommand(QEMU, machineArguments(spec, { accelerator, socket }), options);
  try {
    const died = program.ended.then(({ stderr }): never => {
      throw new Error(`QEMU ended: ${stderr}`);
    });
    const console = (): string => `${program.stdout()}${program.stderr()}`;
    const monitor = await Promise.race([
      died,
      waitFor("QEMU's monitor", () => openMonitor(socket)),
    ]);
    const up = waitFor("the machine's file system", () => console().includes("WORKSTATION is up"), {
      limitMs: UP_LIMIT_MS[accelerator],
      everyMs: 200,
      seen: () => console().slice(-1000),
    });
    await Promise.race([died, up]);
    const end = async (): Promise<void> => {
      monitor.close();
      program.signal("SIGKILL");
      await program.end();
    };
    return { accelerator, monitor, console, end };
  } catch (error) {
    program.signal("SIGKILL");
    await program.end();
    throw error;
  }
}

function machineArguments(
  { kernel, initrd, share, memoryMib }: MachineSpec,
  { accelerator, socket }: { readonly accelerator: Accelerator; readonly socket: string },
): string[] {
  const shared = "local,security_model=none";
  return [
    ...["-accel", accelerator, "-cpu", CPU[accelerator], "-smp", "2"],
    ...[
      "-m",
      String(memoryMib),
      "-nodefaults",
      "-no-user-config",
      "-display",
      "none",
      "-no-reboot",
    ],
    ...["-serial", "stdio", "-qmp", `unix:${socket},server=on,wait=off`],
    ...["-kernel", kernel, "-initrd", initrd],
    ...["-append", "console=ttyS0 quiet panic=-1 mitigations=off nokaslr usb-storage.delay_use=0"],
    ...["-virtfs", `${shared},path=/,mount_tag=host,readonly=on,multidevs=remap`],
    ...["-virtfs", `${shared},path=${share},mount_tag=share`],
    ...["-netdev", "user,id=net,ipv6=off", "-device", "virtio-net-pci,netdev=net,romfile="],
    ...["-device", `qemu-xhci,id=usb,p2=${PORTS},p3=${PORTS}`],
  ];
}

function canUseKvm(): Promise<boolean> {
  return access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
