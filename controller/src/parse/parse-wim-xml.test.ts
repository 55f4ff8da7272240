import { expect, test } from "vitest";
import { parseWimXml } from "./parse-wim-xml.ts";

function utf16(text: string): Uint8Array {
  const units = Uint16Array.from(`\ufeff${text}`, (character) => character.charCodeAt(0));
  return new Uint8Array(units.buffer);
}

test("parseWimXml() tells of each image, by index", () => {
  const xml = utf16(
    `<WIM><TOTALBYTES>9</TOTALBYTES>
    <IMAGE INDEX="2"><NAME>Setup – größer</NAME><TOTALBYTES>12</TOTALBYTES><WINDOWS><ARCH>9</ARCH>
    <VERSION><MAJOR>10</MAJOR><MINOR>0</MINOR><BUILD>26100</BUILD><SPBUILD>1</SPBUILD></VERSION>
    </WINDOWS></IMAGE><IMAGE INDEX="1"></IMAGE></WIM>`,
  );
  expect(parseWimXml(xml)).toEqual([
    { index: 1, name: "", architecture: null, version: "", totalBytes: 0 },
    {
      index: 2,
      name: "Setup – größer",
      architecture: "x64",
      version: "10.0.26100.1",
      totalBytes: 12,
    },
  ]);
});

test.each([
  ["0", "x86"],
  ["9", "x64"],
  ["12", "arm64"],
  ["5", null],
  ["x", null],
])("parseWimXml() reads ARCH %s as %s", (arch, architecture) => {
  const xml = `<WIM><IMAGE INDEX="1"><WINDOWS><ARCH>${arch}</ARCH></WINDOWS></IMAGE></WIM>`;
  expect(parseWimXml(utf16(xml))).toMatchObject([{ architecture }]);
});

test("parseWimXml() believes no size, version or index that is none", () => {
  const xml = `<WIM><IMAGE INDEX="x"><TOTALBYTES>1e400</TOTALBYTES><WINDOWS><VERSION>
    <MAJOR>10; rm</MAJOR></VERSION></WINDOWS></IMAGE></WIM>`;
  expect(parseWimXml(utf16(xml))).toMatchObject([{ index: 0, version: "", totalBytes: 0 }]);
});

test.each([
  ["an odd number of bytes", utf16("<WIM/>").subarray(1), /even number/],
  ["no element", utf16("text"), /cannot be read/],
  ["another element", utf16("<html></html>"), /must be "WIM"/],
  ["a cut text", utf16('<WIM><IMAGE INDEX="1">'), /cannot be read/],
  ["300 images", utf16(`<WIM>${"<IMAGE></IMAGE>".repeat(300)}</WIM>`), /300 images, at most 256/],
])("parseWimXml() refuses %s", (_, xml, why) => {
  expect(parseWimXml(xml)).toMatch(why);
});
