import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { missingPrograms } from "./run-program.ts";

/** "secure": UEFI with Secure Boot on, and Microsoft's certificates in it as computers are sold. */
export type Firmware = "bios" | "uefi" | "secure";

export type Boot = {
  /** File with the stick's bytes; it is never changed. */
  readonly stick: string;
  readonly firmware: Firmware;
  /** Put into a CD drive instead of a USB port. */
  readonly isDisc?: boolean;
  /** Seen on the serial console = done. */
  readonly until: RegExp;
  /** Milliseconds; 120 s unless told: a loaded machine without KVM needs some. */
  readonly limitMs?: number;
};

export type BootOutcome = {
  readonly matched: boolean;
  /** What was on the serial console, without escape sequences. */
  readonly console: string;
};

const QEMU = "qemu-system-x86_64";
const OVMF_CODE = { uefi: "OVMF_CODE_4M.fd", secure: "OVMF_CODE_4M.ms.fd" } as const;
const OVMF_VARS = { uefi: "OVMF_VARS_4M.fd", secure: "OVMF_VARS_4M.ms.fd" } as const;

/** What the firmware says when nothing on the stick can be started: SeaBIOS, or the shell of OVMF. */
export const NOTHING_BOOTS = /No bootable device|UEFI Interactive Shell|Mapping table/;

/** What this machine lacks for booting a stick; empty when it can. */
export function missingForBoot(): string[] {
  const files = [...Object.values(OVMF_CODE), ...Object.values(OVMF_VARS)].map(ovmfPath);
  return [...missingPrograms(QEMU), ...files.filter((path) => !existsSync(path))];
}

/**
 * Boot a file as a USB stick or as a disc in QEMU, without KVM, until a pattern is on the serial console or time is up. The machine
 * has no other disk and no network, so that what is seen came from the stick.
 */
export async function bootStick(boot: Boot): Promise<BootOutcome> {
  const machine = spawn(QEMU, qemuArguments(boot), { stdio: "pipe" });
  const killAtExit = (): boolean => machine.kill("SIGKILL");
  process.once("exit", killAtExit);
  try {
    return await watchConsole(machine, boot);
  } finally {
    await end(machine);
    process.off("exit", killAtExit);
  }
}

function qemuArguments({ stick, firmware, isDisc = false }: Boot): string[] {
  const quiet = "-nodefaults -no-user-config -vga none -display none -no-reboot -monitor none";
  return [
    ...["-accel", "tcg,thread=multi", "-cpu", "qemu64", "-m", "512", ...quiet.split(" ")],
    ...["-serial", "stdio", ...firmwareArguments(firmware), "-device", "qemu-xhci"],
    ...(isDisc ? discArguments(stick) : stickArguments(stick)),
  ];
}

function stickArguments(file: string): string[] {
  return [
    ...["-drive", `if=none,id=stick,file=${file},format=raw,snapshot=on,cache=unsafe`],
    ...["-device", "usb-storage,drive=stick,removable=on,bootindex=0"],
  ];
}

function discArguments(file: string): string[] {
  return [
    ...["-drive", `if=none,id=disc,file=${file},format=raw,readonly=on,media=cdrom`],
    ...["-device", "ide-cd,drive=disc,bootindex=0"],
  ];
}

/** `graphics=off` makes SeaBIOS talk on the serial port; snapshot=on keeps OVMF's variables out of the package's file. */
function firmwareArguments(firmware: Firmware): string[] {
  if (firmware === "bios") return ["-M", "pc,graphics=off"];
  const flash = "if=pflash,format=raw";
  const secure = ["-M", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"];
  return [
    ...(firmware === "secure" ? secure : ["-M", "q35"]),
    ...["-drive", `${flash},unit=0,readonly=on,file=${ovmfPath(OVMF_CODE[firmware])}`],
    ...["-drive", `${flash},unit=1,snapshot=on,file=${ovmfPath(OVMF_VARS[firmware])}`],
  ];
}

function ovmfPath(name: string): string {
  return `/usr/share/OVMF/${name}`;
}

function watchConsole(
  machine: ChildProcessWithoutNullStreams,
  { until, limitMs = 120_000 }: Boot,
): Promise<BootOutcome> {
  return new Promise((resolve, reject) => {
    let text = "";
    let errors = "";
    const timer = setTimeout(() => resolve({ matched: false, console: text }), limitMs);
    machine.stderr.on("data", (bytes: Buffer) => {
      errors += bytes.toString("latin1");
    });
    machine.stdout.on("data", (bytes: Buffer) => {
      text = plain(text + bytes.toString("latin1"));
      if (until.test(text)) resolve({ matched: true, console: text });
    });
    machine.once("error", reject);
    machine.once("close", (code) => {
      clearTimeout(timer);
      if (code !== 0 && code !== null) reject(new Error(`${QEMU} ended with ${code}: ${errors}`));
      else resolve({ matched: until.test(text), console: text });
    });
  });
}

/** A sequence that is cut in two by the pipe stays until its rest has come. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a console's control characters are what goes
  return text.replace(/\u001b\[[0-9;?=]*[a-zA-Z]|[\u0000\r]/g, "");
}

async function end(machine: ChildProcessWithoutNullStreams): Promise<void> {
  if (machine.exitCode !== null || machine.signalCode !== null) return;
  const closed = new Promise((resolve) => machine.once("close", resolve));
  machine.kill("SIGKILL");
  await closed;
}
