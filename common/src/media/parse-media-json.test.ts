import { expect, test } from "vitest";
import { parseMediaJson } from "./parse-media-json.ts";

const MEDIA = {
  formatVersion: 1,
  name: "hq",
  revision: 3,
  output: {
    label: "HQ BOOT",
    autorun: false,
    iso: { fileName: "hq.iso", volumeSize: "650MB", ifExists: "fail" },
    usb: { partitionTable: "mbr" },
  },
  bootImage: { name: "winpe-x64", digest: "a" },
  variables: [],
};

test("parseMediaJson() reads what it needs and leaves the rest", () => {
  expect(parseMediaJson(JSON.stringify(MEDIA))).toEqual({
    formatVersion: 1,
    name: "hq",
    revision: 3,
    output: {
      label: "HQ BOOT",
      autorun: false,
      iso: { fileName: "hq.iso", volumeSize: "650MB", ifExists: "fail" },
    },
    bootImage: { name: "winpe-x64" },
  });
  expect(parseMediaJson(JSON.stringify({ ...MEDIA, bootImage: null }))?.bootImage).toBeNull();
});

test.each([
  ["no JSON", "}"],
  ["another format", JSON.stringify({ ...MEDIA, formatVersion: 2 })],
  ["no output", JSON.stringify({ ...MEDIA, output: undefined })],
  ["a file name that leads elsewhere", withFileName("../hq.iso")],
  ["a file name of another kind", withFileName("hq.img")],
])("parseMediaJson() takes %s for none", (_, text) => {
  expect(parseMediaJson(text)).toBeNull();
});

function withFileName(fileName: string): string {
  const iso = { ...MEDIA.output.iso, fileName };
  return JSON.stringify({ ...MEDIA, output: { ...MEDIA.output, iso } });
}
