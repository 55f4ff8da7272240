import { expect, test } from "vitest";
import { type Machine, qemuArguments } from "./qemu-arguments.ts";

const MACHINE: Machine = {
  stickPath: "/tmp/a,b/stick.img",
  firmware: "bios",
  flash: null,
  monitorPath: "/tmp/a,b/monitor",
  memoryBytes: 2 * 1024 ** 3,
  kvm: false,
};
const FLASH = { code: "/usr/share/OVMF/CODE.fd", variables: "/usr/share/OVMF/VARS.fd" };

test("qemuArguments() starts a computer with one stick and nothing else", () => {
  expect(qemuArguments(MACHINE).join(" ")).toBe(
    [
      "-accel tcg,thread=multi -cpu qemu64 -m 2048",
      "-nodefaults -no-user-config -no-reboot -display none -vga std",
      "-serial stdio -qmp unix:/tmp/a,,b/monitor,server=on,wait=off -M pc,graphics=off",
      "-device qemu-xhci",
      "-drive if=none,id=stick,file=/tmp/a,,b/stick.img,format=raw,snapshot=on,cache=unsafe",
      "-device usb-storage,drive=stick,removable=on,bootindex=0",
    ].join(" "),
  );
});

test.each([
  ["uefi", ["q35"]],
  ["secureboot", ["q35,smm=on", "driver=cfi.pflash01,property=secure,value=on"]],
] as const)("qemuArguments() gives %s its flash, which it cannot change", (firmware, words) => {
  const args = qemuArguments({ ...MACHINE, firmware, flash: FLASH });
  expect(args).toEqual(expect.arrayContaining([...words]));
  expect(args).toContain(`if=pflash,format=raw,unit=0,readonly=on,file=${FLASH.code}`);
  expect(args).toContain(`if=pflash,format=raw,unit=1,snapshot=on,file=${FLASH.variables}`);
});

test("qemuArguments() asks for hardware virtualisation only when told", () => {
  expect(qemuArguments({ ...MACHINE, kvm: true }).slice(0, 4)).toEqual(
    "-accel kvm -cpu host".split(" "),
  );
});

test("qemuArguments() hands over no file that could be written, but through a snapshot", () => {
  for (const firmware of ["bios", "uefi", "secureboot"] as const)
    for (const arg of qemuArguments({ ...MACHINE, firmware, flash: FLASH }))
      if (arg.includes("file=")) expect(arg).toMatch(/snapshot=on|readonly=on/);
});
