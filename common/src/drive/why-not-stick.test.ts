import { expect, test } from "vitest";
import { disk, usbDisk } from "./test-disks.ts";
import { whyNotStick } from "./why-not-stick.ts";

const SIZE_MAX = 256 * 2 ** 30;
const codes = (...found: Parameters<typeof whyNotStick>) =>
  whyNotStick(...found).map(({ code }) => code);

test("whyNotStick() finds nothing against a USB stick", () => {
  expect(codes(usbDisk("8:0", "60A44C413FAE"), SIZE_MAX)).toEqual([]);
});

test("whyNotStick() refuses a disk that hangs on no USB port", () => {
  expect(codes(disk("259:0", {}), SIZE_MAX)).toEqual(["drive_not_removable"]);
});

test.each([
  ["a keyboard", ["08", "03"]],
  ["a network card", ["02", "0a", "08"]],
])("whyNotStick() refuses a stick that is %s as well", (_, interfaceClasses) => {
  const stick = usbDisk("8:0", "60A44C413FAE", { interfaceClasses });
  expect(codes(stick, SIZE_MAX)).toEqual(["drive_not_storage"]);
});

test("whyNotStick() refuses a disk that is larger than sticks are", () => {
  const stick = usbDisk("8:0", "60A44C413FAE");
  expect(codes({ ...stick, sizeBytes: SIZE_MAX }, SIZE_MAX)).toEqual([]);
  expect(codes({ ...stick, sizeBytes: SIZE_MAX + 512 }, SIZE_MAX)).toEqual(["drive_too_large"]);
});

test("whyNotStick() refuses a USB device that shows no interface: nothing is known of it", () => {
  const stick = usbDisk("8:0", "60A44C413FAE", { interfaceClasses: [] });
  expect(codes(stick, SIZE_MAX)).toEqual(["drive_not_storage"]);
});
