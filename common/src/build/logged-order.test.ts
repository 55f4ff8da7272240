import { expect, test } from "vitest";
import type { BootableMedia } from "../media/definition.ts";
import { bootImageContent, imageContent, treeContent } from "../media/test-library.ts";
import { describeOrder } from "./logged-order.ts";

const MEDIA = { name: "hq", revision: 3, digest: "d".repeat(64) };
const MANIFEST = "e".repeat(64);
const CONTENTS = new Map(
  [bootImageContent("winpe", ["x64"]), treeContent("tools"), imageContent("debian")].map(
    (content) => [content.name, content],
  ),
);

const SPEC: BootableMedia["spec"] = {
  unattended: false,
  management: null,
  output: {
    usb: {
      partitionTable: "mbr",
      fileSystem: "fat32",
      partitionBytes: "fill",
      oversizeFiles: "reject",
    },
    iso: { fileName: "hq.iso", volumeSize: "unlimited", ifExists: "fail" },
    label: "HQ Boot",
    autorun: false,
  },
  security: {
    unknownComputers: false,
    passwordSecret: "media/hq",
    certificate: null,
    userDeviceAffinity: "none",
  },
  bootImage: { name: "winpe", targetArchitectures: null },
  files: [
    { content: "tools", folder: "a" },
    { content: "tools", folder: "b" },
  ],
  distributionPoints: ["oslo", "local"],
  taskSequence: "w11",
  variables: [
    { kind: "plain", name: "OSDTimeZone", value: "UTC" },
    { kind: "ask", name: "OSDComputerName" },
    { kind: "secret", name: "JoinPassword", secret: "join/hq" },
  ],
  prestart: { command: "cmd /C ask.cmd", package: "tools" },
};

function order(definition: Parameters<typeof describeOrder>[0]["definition"]) {
  return describeOrder({ media: MEDIA, manifestSha256: MANIFEST, definition, contents: CONTENTS });
}

test("describeOrder() names every input, each content once and with its digest", () => {
  const metadata = { name: "hq", description: "", labels: {} };
  expect(order({ kind: "BootableMedia", metadata, spec: SPEC })).toEqual({
    media: MEDIA,
    manifestSha256: MANIFEST,
    label: "HQ Boot",
    bootImage: "winpe",
    taskSequence: "w11",
    prestart: { command: "cmd /C ask.cmd", package: "tools" },
    variables: [
      { kind: "plain", name: "OSDTimeZone", value: "UTC" },
      { kind: "ask", name: "OSDComputerName" },
      { kind: "secret", name: "JoinPassword" },
    ],
    contents: ["winpe", "tools"].map((name) => ({ name, digest: CONTENTS.get(name)?.digest })),
    distributionPoints: ["oslo", "local"],
  });
});

test("describeOrder() of a raw image names the image", () => {
  const metadata = { name: "debian", description: "", labels: {} };
  const spec = { image: { content: "debian" }, distributionPoints: ["local"] };
  expect(order({ kind: "DiskImage", metadata, spec })).toMatchObject({
    label: null,
    variables: [],
    contents: [{ name: "debian" }],
    distributionPoints: ["local"],
  });
});
