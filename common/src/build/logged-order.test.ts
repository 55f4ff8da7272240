import { expect, test } from "vitest";
import type { BootableMedia } from "../media/definition.ts";
import { bootImageContent, imageContent, libraryOf, treeContent } from "../media/test-library.ts";
import { describeOrder } from "./logged-order.ts";
import { OPEN_POLICY } from "./write-policy.ts";

const MEDIA = { name: "hq", revision: 3, digest: "d".repeat(64) };
const MANIFEST = "e".repeat(64);
const LIBRARY = {
  ...libraryOf(
    // One of the secrets and the task sequence have a content's name, which is none of theirs.
    [
      bootImageContent("winpe", ["x64"]),
      treeContent("tools"),
      treeContent("os-w11"),
      treeContent("w11"),
      treeContent("pfx-hq"),
      treeContent("join"),
      imageContent("debian"),
    ],
    [],
  ),
  taskSequences: new Map([
    [
      "w11",
      { name: "w11", revision: 2, digest: "f", packages: ["os-w11"], preferredDeployment: null },
    ],
  ]),
};

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
    certificate: { kind: "pkcs12", content: "pfx-hq", passwordSecret: "join" },
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
    { kind: "secret", name: "JoinPassword", secret: "join" },
  ],
  prestart: { command: "cmd /C ask.cmd", package: "tools" },
};

const CERTIFICATE = {
  kind: "selfSigned",
  thumbprint: "AB".repeat(20),
  subject: "CN=hq",
  notBeforeMs: 1,
  notAfterMs: 2,
} as const;

function order(definition: Parameters<typeof describeOrder>[0]["definition"]) {
  const certificate = definition.kind === "DiskImage" ? null : CERTIFICATE;
  return describeOrder({
    ...{ media: MEDIA, manifestSha256: MANIFEST, definition, certificate },
    library: LIBRARY,
    policy: OPEN_POLICY,
  });
}

test("describeOrder() names every input, each content once and with its digest", () => {
  const metadata = { name: "hq", description: "", labels: {} };
  expect(order({ kind: "BootableMedia", metadata, spec: SPEC })).toEqual({
    media: MEDIA,
    manifestSha256: MANIFEST,
    label: "HQ Boot",
    bootImage: "winpe",
    taskSequence: "w11@2",
    prestart: { command: "cmd /C ask.cmd", package: "tools" },
    variables: [
      { kind: "plain", name: "OSDTimeZone", value: "UTC" },
      { kind: "ask", name: "OSDComputerName" },
      { kind: "secret", name: "JoinPassword" },
    ],
    certificate: {
      kind: "selfSigned",
      thumbprint: CERTIFICATE.thumbprint,
      subject: "CN=hq",
      notAfterMs: 2,
    },
    contents: ["winpe", "tools", "os-w11", "pfx-hq"].map((name) => ({
      name,
      digest: LIBRARY.contents.get(name)?.digest,
    })),
    distributionPoints: ["oslo", "local"],
    policy: OPEN_POLICY,
  });
});

test("describeOrder() of a raw image names the image", () => {
  const metadata = { name: "debian", description: "", labels: {} };
  const spec = { image: { content: "debian" }, passport: true, distributionPoints: ["local"] };
  expect(order({ kind: "DiskImage", metadata, spec })).toMatchObject({
    label: null,
    variables: [],
    contents: [{ name: "debian" }],
    distributionPoints: ["local"],
  });
});
