import { expect, test } from "vitest";
import { allowSplitting, readDiscLabel, readDiscSettings } from "./disc-settings.ts";

const MEDIA = {
  formatVersion: 1,
  name: "hq",
  revision: 3,
  unattended: true,
  passwordRequired: false,
  unknownComputers: false,
  userDeviceAffinity: "none",
  certificate: null,
  management: {
    mode: "dynamic",
    siteCode: null,
    internet: false,
    managementPoints: ["http://mp1:80", "http://mp2:80"],
  },
  output: { label: "HQ BOOT", autorun: false, usb: { partitionTable: "gpt" }, iso: {} },
  taskSequence: null,
  environment: [
    { name: "SMSTSLocationMPs", value: "http://mp1:80*http://mp2:80" },
    { name: "_SMSTSLaunchMode", value: "UFD+FORMAT" },
    { name: "OSDTimeZone", value: "UTC" },
    { name: "OSDComputerName", ask: true },
  ],
  prestart: null,
};

test("readDiscSettings() gives what a definition says, and not what was made from it", () => {
  expect(readDiscSettings("hq.iso", JSON.stringify(MEDIA))).toEqual({
    ok: true,
    value: {
      unattended: true,
      management: {
        mode: "dynamic",
        internet: false,
        managementPoints: [{ url: "http://mp1:80" }, { url: "http://mp2:80" }],
      },
      output: { label: "HQ BOOT", autorun: false, usb: { partitionTable: "gpt" } },
      security: { unknownComputers: false, userDeviceAffinity: "none" },
      customization: {
        variables: [
          { name: "OSDTimeZone", value: "UTC" },
          { name: "OSDComputerName", ask: true },
        ],
      },
    },
  });
});

test.each([
  ["a password", { passwordRequired: true }],
  ["a certificate", { certificate: { thumbprint: "x" } }],
  ["a task sequence", { taskSequence: { name: "install" } }],
  ["a prestart command", { prestart: { command: "cmd" } }],
  ["a sealed variable", { environment: [{ name: "JoinPassword", sealed: true }] }],
])("readDiscSettings() refuses a disc with %s", (_, change) => {
  expect(readDiscSettings("hq.iso", JSON.stringify({ ...MEDIA, ...change }))).toMatchObject({
    problem: { code: "disc_settings_lost", detail: expect.stringContaining("hq.iso") },
  });
});

test("readDiscSettings() refuses what is no settings file", () => {
  expect(readDiscSettings("hq.iso", "{")).toMatchObject({
    problem: { code: "disc_settings_lost" },
  });
});

test("allowSplitting() does so only where FAT32 cannot hold a file", () => {
  const settings = { output: { label: "HQ", usb: { partitionTable: "gpt" } } };
  const file = (sizeBytes: number) => ({ blob: { sha256: "a", sizeBytes } });
  expect(allowSplitting(settings, [file(4_294_967_295)])).toBe(settings);
  expect(allowSplitting(settings, [file(1), file(4_294_967_296)])).toEqual({
    output: { label: "HQ", usb: { partitionTable: "gpt", oversizeFiles: "splitWim" } },
  });
});

test.each([
  ["label=Configuration Manager\r\n", "CD", "Configuration Manager"],
  [null, "DEBIAN 12 ", "DEBIAN 12"],
  ["something else", "CD", "CD"],
  ["label=", "CD", "CD"],
  ["label=a:b", "CD", null],
  [null, "  ", null],
  [null, "x".repeat(128), null],
])("readDiscLabel() of %j on %j is %j", (text, volumeId, label) => {
  expect(readDiscLabel(text, volumeId)).toBe(label);
});
