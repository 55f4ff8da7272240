import { assertNever } from "@stickfarm/common/assert-never";
import type { Firmware } from "@stickfarm/common/media/boot-proof";

/** A computer with nothing in it but the media: no disk, no network, so that what is seen came from the stick. */
export type Machine = {
  /** Raw bytes of the stick; never changed. */
  readonly stickPath: string;
  readonly firmware: Firmware;
  /** Of OVMF; `null` for bios. */
  readonly flash: { readonly code: string; readonly variables: string } | null;
  /** Socket by which the machine is asked for a picture. */
  readonly monitorPath: string;
  readonly memoryBytes: number;
  /** Hardware virtualisation instead of emulation. */
  readonly kvm: boolean;
};

/**
 * Command line of QEMU: the serial console on standard output, the screen nowhere, the stick on USB. `snapshot=on` keeps
 * every write of the machine out of our file and out of the firmware package's.
 *
 * Source: qemu-system-x86_64(1); in an option's value a comma is written twice.
 */
export function qemuArguments(machine: Machine): readonly string[] {
  const stick = `if=none,id=stick,file=${doubleCommas(machine.stickPath)},format=raw,snapshot=on,cache=unsafe`;
  return [
    ...(machine.kvm ? ["-accel", "kvm", "-cpu", "host"] : ["-accel", "tcg,thread=multi"]),
    ...(machine.kvm ? [] : ["-cpu", "qemu64"]),
    ...["-m", `${Math.ceil(machine.memoryBytes / (1024 * 1024))}`],
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-vga", "std"],
    ...["-serial", "stdio", "-qmp", `unix:${doubleCommas(machine.monitorPath)},server=on,wait=off`],
    ...firmwareArguments(machine),
    ...["-device", "qemu-xhci", "-drive", stick],
    ...["-device", "usb-storage,drive=stick,removable=on,bootindex=0"],
  ];
}

function firmwareArguments({ firmware, flash }: Machine): readonly string[] {
  switch (firmware) {
    case "bios":
      // SeaBIOS talks on the serial port as well, and so do loaders that ask it to print.
      return ["-M", "pc,graphics=off"];
    case "uefi":
      return ["-M", "q35", ...flashArguments(flash)];
    case "secureboot":
      return [
        ...["-M", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"],
        ...flashArguments(flash),
      ];
    default:
      return assertNever(firmware);
  }
}

function flashArguments(flash: Machine["flash"]): readonly string[] {
  if (flash === null) return [];
  const drive = "if=pflash,format=raw";
  return [
    ...["-drive", `${drive},unit=0,readonly=on,file=${doubleCommas(flash.code)}`],
    ...["-drive", `${drive},unit=1,snapshot=on,file=${doubleCommas(flash.variables)}`],
  ];
}

function doubleCommas(path: string): string {
  return path.replaceAll(",", ",,");
}
