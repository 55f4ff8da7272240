import { expect, test } from "vitest";
import { parseWimHead, WIM_HEAD_BYTES } from "./parse-wim-head.ts";

const FILE_BYTES = 2 ** 33;

type Change = (view: DataView) => void;

function headWith(change: Change = () => {}): Uint8Array {
  const head = new Uint8Array(WIM_HEAD_BYTES);
  head.set(new TextEncoder().encode("MSWIM\0\0\0"));
  const view = new DataView(head.buffer);
  view.setUint32(8, WIM_HEAD_BYTES, true);
  view.setUint32(12, 0x10d00, true);
  view.setUint16(40, 1, true);
  view.setUint16(42, 1, true);
  view.setUint32(44, 2, true);
  setPlace(view, 48, 5_000_000_000, 600);
  setPlace(view, 72, 5_000_001_000, 2000);
  view.setUint32(120, 2, true);
  change(view);
  return head;
}

function setPlace(view: DataView, at: number, offset: number, length: number, flags = 0): void {
  view.setBigUint64(at, BigInt(length) | (BigInt(flags) << 56n), true);
  view.setBigUint64(at + 8, BigInt(offset), true);
}

test("parseWimHead() tells the images and where the XML lies, beyond 4 GiB too", () => {
  expect(parseWimHead(headWith(), FILE_BYTES)).toEqual({
    imageCount: 2,
    bootIndex: 2,
    partNumber: 1,
    partCount: 1,
    xml: { offsetBytes: 5_000_001_000, lengthBytes: 2000 },
  });
});

test.each<readonly [string, Change, RegExp]>([
  ["another beginning", (view) => view.setUint8(0, 0x50), /no WIM file/],
  ["another size of header", (view) => view.setUint32(8, 96, true), /has 96 bytes/],
  ["another version", (view) => view.setUint32(12, 0x10b00, true), /version 0x10b00/],
  ["no part", (view) => view.setUint16(40, 0, true), /part 0 of 1/],
  ["too high a part", (view) => view.setUint16(40, 2, true), /part 2 of 1/],
  ["an image that starts and is not there", (view) => view.setUint32(120, 3, true), /image 3/],
  ["XML behind its end", (view) => setPlace(view, 72, FILE_BYTES - 10, 11), /XML lies at byte/],
  ["XML in the header", (view) => setPlace(view, 72, 100, 10), /XML lies at byte/],
  ["no XML", (view) => setPlace(view, 72, 1000, 0), /XML lies at byte/],
  ["compressed XML", (view) => setPlace(view, 72, 1000, 10, 4), /XML is compressed/],
  ["XML of 5 MiB", (view) => setPlace(view, 72, 1000, 5 * 2 ** 20), /at most 4194304 are read/],
  ["files behind its end", (view) => setPlace(view, 48, 2 ** 40, 10), /list of files lies at byte/],
  ["a size that no file has", (view) => setPlace(view, 48, 1000, 2 ** 52), /list of files/],
])("parseWimHead() refuses %s", (_, change, why) => {
  expect(parseWimHead(headWith(change), FILE_BYTES)).toMatch(why);
});

test("parseWimHead() refuses a header that was cut", () => {
  expect(parseWimHead(headWith().subarray(0, 100), 100)).toMatch(/ends in its header, at byte 100/);
  expect(parseWimHead(new Uint8Array(0), 0)).toMatch(/no WIM file/);
});
