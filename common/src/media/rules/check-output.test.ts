import { expect, test } from "vitest";
import { foundIn } from "./test-findings.ts";

const AT = "spec.output";

test.each([
  {},
  { usb: { partitionTable: "gpt", fileSystem: "fat32", partitionSize: "fill" } },
  { usb: { partitionSize: "64MiB", oversizeFiles: "reject" } },
  { usb: { partitionSize: "2TiB" } },
  { label: "HQ BOOT" },
  { label: "hq boot" },
  { label: "ELEVEN CHAR" },
  { autorun: false },
])("checkOutput() finds nothing in %j", (output) => {
  expect(foundIn({ output })).toEqual([]);
});

test.each(["", "full", "8", "8GB", "63MiB", "100.5MiB", "3TiB", "-1GiB", "64 MiB of it"])(
  "checkOutput() refuses %j as the size of a partition",
  (partitionSize) => {
    expect(foundIn({ output: { usb: { partitionSize } } })).toEqual([
      `error ${AT}.usb.partitionSize: is ${JSON.stringify(partitionSize)}, must be fill or whole MiB from 64MiB to 2TiB`,
    ]);
  },
);

test.each([
  ["", "error", "is empty, must name the stick"],
  ["   ", "error", "is empty, must name the stick"],
  ["x".repeat(128), "error", "has 128 characters, at most 127 are possible"],
  ["a\u0007", "error", "has a control character, which no label can hold"],
  ["a\ud800", "error", "has a control character, which no label can hold"],
  ["a|b", "error", 'has "|", which no label can hold'],
  ["a\\b", "error", 'has "\\\\", which no label can hold'],
  [
    "HQ BOOT LONG",
    "warning",
    'becomes "HQ BOOT LON" as volume label: it was cut after 11 characters',
  ],
  ["ZÜRICH", "warning", 'becomes "ZURICH" as volume label: accents were dropped'],
  ["A+B", "warning", 'becomes "A_B" as volume label: what a FAT label cannot hold became "_"'],
])("checkOutput() finds in the label %j what is wrong", (label, severity, rule) => {
  expect(foundIn({ output: { label } })).toContain(`${severity} ${AT}.label: ${rule}`);
});

test.each(['"', "*", "/", ":", "<", ">", "?", "\\", "|"])(
  "checkOutput() refuses a label with %s",
  (character) => {
    const found = foundIn({ output: { label: `A${character}B` } });
    expect(found.filter((text) => text.startsWith("error"))).toHaveLength(1);
  },
);

test("checkOutput() allows a disc's label 32 characters", () => {
  const rule = `error ${AT}.label: has 33 characters, at most 32 are possible`;
  const label = "X".repeat(33);
  expect(foundIn({ output: { label } })).not.toContain(rule);
  expect(foundIn({ output: { label, iso: {} } })).toContain(rule);
});

test("checkOutput() warns of autorun.inf", () => {
  expect(foundIn({ output: { autorun: true } })).toEqual([
    `warning ${AT}.autorun: is true: programs against malware commonly block autorun.inf`,
  ]);
});

test.each(["a/b.iso", "a\\b.iso", "hq.img", ".iso", "a:b.iso", "hq.iso\n", ""])(
  "checkOutput() refuses %j as a file name",
  (fileName) => {
    expect(foundIn({ output: { iso: { fileName } } })).toContain(
      `error ${AT}.iso.fileName: is ${JSON.stringify(fileName)}, must be a file name without a folder that ends in .iso`,
    );
  },
);

test("checkOutput() takes a file name of an ISO, and warns when an existing file is replaced", () => {
  const found = foundIn({
    output: { iso: { fileName: "HQ 1.ISO", ifExists: "replaceAfterSuccess" } },
  });
  expect(found).toEqual([
    `warning ${AT}.iso.ifExists: is replaceAfterSuccess: an existing file is replaced once the new one is verified`,
  ]);
});
