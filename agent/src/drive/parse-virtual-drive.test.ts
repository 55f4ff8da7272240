import { expect, test } from "vitest";
import { parseVirtualDrives } from "./parse-virtual-drive.ts";

const context = { drivesFolder: "/data/drives", workingDirectory: "/home/ann" };
const parse = (...texts: string[]) => parseVirtualDrives(texts, context);

test.each([
  [
    "file=a.img,size=2GiB,serial=A1,bay=left",
    { kind: "file", path: "/home/ann/a.img", sizeBytes: 2 ** 31, serial: "A1", bay: "left" },
  ],
  [
    "2GiB",
    { kind: "file", path: "/data/drives/V1.img", sizeBytes: 2 ** 31, serial: "V1", bay: "1" },
  ],
  [
    "64MiB,bay=7",
    { kind: "file", path: "/data/drives/V7.img", sizeBytes: 2 ** 26, serial: "V7", bay: "7" },
  ],
  ["file=/x/a.img", { kind: "file", path: "/x/a.img", sizeBytes: null, serial: "V1", bay: "1" }],
  [
    "device=/dev/loop5,serial=L5",
    { kind: "device", path: "/dev/loop5", sizeBytes: null, serial: "L5", bay: "1" },
  ],
])("parseVirtualDrives() reads %s", (text, source) => {
  expect(parse(text)).toEqual({ ok: true, value: [source] });
});

test("parseVirtualDrives() numbers the bays by position", () => {
  const parsed = parse("1GiB", "1GiB", "1GiB");
  expect(parsed.ok && parsed.value.map(({ bay, serial }) => [bay, serial])).toEqual([
    ["1", "V1"],
    ["2", "V2"],
    ["3", "V3"],
  ]);
});

test.each([
  ["", "number"],
  ["bay=1", "must name a size, a file or a device"],
  ["file=a.img,2GiB", "must be one of"],
  ["file=a.img,colour=red", '"colour=red"'],
  ["file=a.img,file=b.img", "twice"],
  ["file=,size=1GiB", "no name"],
  ["1000B", "multiple of 4096"],
  ["lots", "number"],
  ["1GiB,serial=../../x", "letters, digits"],
  ["1GiB,bay=", "letters, digits"],
  ["device=loop5", "absolute"],
  ["device=/dev/loop5,size=1GiB", "neither"],
  ["device=/dev/loop5,file=a.img", "neither"],
])('parseVirtualDrives() refuses "%s"', (text, reason) => {
  expect(parse(text)).toMatchObject({
    problem: { code: "usage", detail: expect.stringContaining(reason) },
  });
});

test.each([
  [["1GiB,bay=a", "1GiB,bay=a,serial=x"], "bay"],
  [["1GiB,serial=x,bay=a", "1GiB,serial=x,bay=b"], "serial"],
  [["file=a.img", "file=./a.img"], "path"],
])("parseVirtualDrives() refuses two drives of the same %s", (texts, key) => {
  expect(parse(...texts)).toMatchObject({
    problem: { code: "usage", detail: expect.stringContaining(`the same ${key}`) },
  });
});
