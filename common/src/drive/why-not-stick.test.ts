import { expect, test } from "vitest";
import { disk, usbDisk } from "./test-disks.ts";
import { askForSize, whyNotStick } from "./why-not-stick.ts";

const SIZE_MAX = 256 * 2 ** 30;
const codes = (...found: Parameters<typeof whyNotStick>) =>
  whyNotStick(...found).map(({ code }) => code);

test("whyNotStick() finds nothing against a USB stick", () => {
  expect(codes(usbDisk("8:0", "60A44C413FAE"))).toEqual([]);
});

test("whyNotStick() refuses a disk that hangs on no USB port", () => {
  expect(codes(disk("259:0", {}))).toEqual(["drive_not_removable"]);
});

test.each([
  ["a keyboard", ["08", "03"]],
  ["a network card", ["02", "0a", "08"]],
])("whyNotStick() refuses a stick that is %s as well", (_, interfaceClasses) => {
  const stick = usbDisk("8:0", "60A44C413FAE", { interfaceClasses });
  expect(codes(stick)).toEqual(["drive_not_storage"]);
});

test("askForSize() asks for a USB disk that is larger than sticks are, and for no other", () => {
  const stick = usbDisk("8:0", "60A44C413FAE");
  const asked = (sizeBytes: number, hardware = stick.hardware) =>
    askForSize({ ...stick, hardware, sizeBytes }, SIZE_MAX).map(({ code }) => code);
  expect(asked(SIZE_MAX)).toEqual([]);
  expect(asked(SIZE_MAX + 512)).toEqual(["drive_too_large"]);
  expect(asked(SIZE_MAX + 512, disk("259:0", {}).hardware)).toEqual([]);
});

test("whyNotStick() refuses a USB device that shows no interface: nothing is known of it", () => {
  const stick = usbDisk("8:0", "60A44C413FAE", { interfaceClasses: [] });
  expect(codes(stick)).toEqual(["drive_not_storage"]);
});
