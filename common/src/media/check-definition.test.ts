import fc from "fast-check";
import { expect, test } from "vitest";
import { checkDefinition, hasError } from "./check-definition.ts";
import type { Library } from "./library.ts";
import { bootableMedia, NOW_MS, renderFinding } from "./rules/test-findings.ts";
import { imageContent, libraryOf } from "./test-library.ts";

const CIRCUMSTANCES = { nowMs: NOW_MS, library: null };
const NAME = { apiVersion: "stickfarm/v1", kind: "DiskImage", metadata: { name: "a" } };

/** Every field of the contract, as an operator would write it. */
const WHOLE = {
  apiVersion: "stickfarm/v1",
  kind: "BootableMedia",
  metadata: { name: "hq-bare-metal", description: "Rollout, HQ", labels: { site: "hq" } },
  spec: {
    unattended: false,
    management: {
      mode: "dynamic",
      siteCode: "P01",
      managementPoints: [
        { url: "http://mp1.example.net:80" },
        { url: "http://mp2.example.net:80" },
      ],
    },
    output: {
      usb: {
        partitionTable: "mbr",
        fileSystem: "fat32",
        partitionSize: "fill",
        oversizeFiles: "splitWim",
      },
      iso: { fileName: "hq-bare-metal.iso", volumeSize: "unlimited", ifExists: "fail" },
      label: "HQ BOOT",
      autorun: false,
    },
    security: {
      unknownComputers: false,
      password: { secret: "media/hq" },
      certificate: {
        selfSigned: { notBefore: "2026-11-01T00:00:00Z", notAfter: "2027-11-01T00:00:00Z" },
      },
      userDeviceAffinity: "none",
    },
    bootImage: { name: "winpe-x64", targetArchitectures: ["x64"] },
    distributionPoints: ["local", "dp-oslo"],
    taskSequence: { name: "install-w11" },
    customization: {
      variables: [
        { name: "OSDTimeZone", value: "W. Europe Standard Time" },
        { name: "OSDComputerName", ask: true },
        { name: "JoinPassword", secret: "join/hq" },
      ],
      prestart: { command: "cmd /C ask-user.cmd", package: "prestart-hq" },
    },
  },
};

test("checkDefinition() knows every field of the contract, and refuses none", () => {
  const { findings, definition } = checkDefinition(WHOLE, CIRCUMSTANCES);
  expect(definition).not.toBeNull();
  expect(findings.filter(({ severity }) => severity === "error").map(renderFinding)).toEqual([]);
});

test("checkDefinition() gives a definition with every default filled in", () => {
  const raw = { ...NAME, kind: "BootableMedia", spec: { files: [{ content: "tools" }] } };
  const { findings, definition } = checkDefinition(raw, CIRCUMSTANCES);
  expect(hasError(findings)).toBe(false);
  expect(definition).toEqual({
    kind: "BootableMedia",
    metadata: { name: "a", description: "", labels: {} },
    spec: {
      unattended: false,
      management: null,
      output: {
        usb: {
          partitionTable: "mbr",
          fileSystem: "fat32",
          partitionBytes: "fill",
          oversizeFiles: "reject",
        },
        iso: { fileName: "a.iso", volumeSize: "unlimited", ifExists: "fail" },
        label: "STICKFARM",
        autorun: false,
      },
      security: {
        unknownComputers: false,
        passwordSecret: null,
        certificate: null,
        userDeviceAffinity: "none",
      },
      bootImage: null,
      files: [{ content: "tools", folder: "" }],
      distributionPoints: ["local"],
      taskSequence: null,
      variables: [],
      prestart: null,
    },
  });
});

test("checkDefinition() takes a disk image", () => {
  const raw = { ...NAME, spec: { image: { content: "debian-13" } } };
  expect(checkDefinition(raw, CIRCUMSTANCES)).toEqual({
    findings: [],
    definition: {
      kind: "DiskImage",
      metadata: { name: "a", description: "", labels: {} },
      spec: { image: { content: "debian-13" }, passport: true, distributionPoints: ["local"] },
    },
  });
});

test("checkDefinition() finds what is wrong with a disk image", () => {
  const raw = {
    apiVersion: "v1",
    kind: "DiskImage",
    metadata: { name: "A" },
    spec: { image: { content: "Debian 13" }, distributionPoints: ["dp-oslo"], output: {} },
  };
  expect(checkDefinition(raw, CIRCUMSTANCES).findings.map(renderFinding)).toEqual([
    'error apiVersion: is "v1", must be stickfarm/v1',
    "error spec.output: is not a field of a definition",
    expect.stringMatching(/^error metadata\.name: is "A", must be 1 to 63/),
    expect.stringMatching(/^error spec\.image\.content: is "Debian 13", must be 1 to 63/),
  ]);
});

test("checkDefinition() checks metadata and distribution points of bootable media as well", () => {
  const raw = { ...bootableMedia({ distributionPoints: [] }), metadata: { name: "A" } };
  expect(checkDefinition(raw, CIRCUMSTANCES).findings.map(renderFinding)).toEqual([
    expect.stringMatching(/^error metadata\.name: is "A", must be 1 to 63/),
    "error spec.distributionPoints: is an empty list, must name a distribution point",
  ]);
});

test("checkDefinition() looks up the image of a disk image", () => {
  const raw = { ...NAME, spec: { image: { content: "debian" }, distributionPoints: [] } };
  const found = (library: Library) => {
    const { findings } = checkDefinition(raw, { nowMs: NOW_MS, library });
    return findings.map(renderFinding);
  };
  const empty = "error spec.distributionPoints: is an empty list, must name a distribution point";
  expect(found(libraryOf([imageContent("debian")], []))).toEqual([empty]);
  expect(found(libraryOf([], []))).toEqual([
    empty,
    'error spec.image.content: is "debian", which is not in the content library',
  ]);
});

test("checkDefinition() goes on with the rules where a type is wrong", () => {
  const raw = bootableMedia({
    unattended: "no",
    output: { label: 7, usb: { partitionSize: "tiny" } },
    customization: { variables: [{ name: "_a", value: 5 }, "b", { name: "_c", ask: true }] },
  });
  expect(checkDefinition(raw, CIRCUMSTANCES).findings.map(renderFinding)).toEqual([
    "error spec.unattended: is text, must be true or false",
    "error spec.output.label: is a number, must be text",
    "error spec.customization.variables[0].value: is a number, must be text",
    "error spec.customization.variables[1]: is text, must be a mapping",
    'error spec.output.usb.partitionSize: is "tiny", must be fill or whole MiB from 64MiB to 2TiB',
    'error spec.customization.variables[0].name: is "_a", must not begin with _',
    'error spec.customization.variables[2].name: is "_c", must not begin with _',
  ]);
});

test("checkDefinition() checks a misspelt kind as the one that was meant", () => {
  const raw = { ...NAME, kind: "diskimage", spec: { image: { content: "A" } } };
  expect(checkDefinition(raw, CIRCUMSTANCES).findings.map(renderFinding)).toEqual([
    'error kind: is "diskimage", must be BootableMedia or DiskImage',
    expect.stringMatching(/^error spec\.image\.content/),
  ]);
});

test("checkDefinition() says of an unknown kind what can be said", () => {
  const raw = { apiVersion: "v2", kind: "Toaster", metadata: { nam: "x" }, spec: { bread: 2 } };
  expect(checkDefinition(raw, CIRCUMSTANCES).findings.map(renderFinding)).toEqual([
    'error apiVersion: is "v2", must be stickfarm/v1',
    'error kind: is "Toaster", must be BootableMedia or DiskImage',
    "error metadata.name: is missing, must be text",
    "error metadata.nam: is not a field of a definition",
  ]);
});

test.each([null, undefined, "text", 7, true, [], [bootableMedia()]])(
  "checkDefinition() refuses %j as a definition",
  (raw) => {
    const { findings, definition } = checkDefinition(raw, CIRCUMSTANCES);
    expect(definition).toBeNull();
    expect(findings.map(renderFinding)).toEqual([
      "error : is no definition, must be a mapping with apiVersion, kind, metadata and spec",
    ]);
  },
);

test("checkDefinition() says what is missing of an empty definition", () => {
  expect(checkDefinition({}, CIRCUMSTANCES).findings.map(renderFinding)).toEqual([
    "error apiVersion: is missing, must be stickfarm/v1",
    "error kind: is missing, must be BootableMedia or DiskImage",
    "error metadata: is missing, must be a mapping",
  ]);
});

test("checkDefinition() judges any value without throwing, and gives a definition only without errors", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...PLACES), (value, place) => {
      const raw = structuredClone(WHOLE);
      Object.assign(place(raw), { [Object.keys(place(raw))[0] ?? "x"]: value, more: value });
      const { findings, definition } = checkDefinition(raw, CIRCUMSTANCES);
      expect(definition === null).toBe(hasError(findings));
    }),
    { numRuns: 300 },
  );
});

const PLACES: readonly ((raw: typeof WHOLE) => object)[] = [
  (raw) => raw,
  (raw) => raw.metadata,
  (raw) => raw.metadata.labels,
  (raw) => raw.spec,
  (raw) => raw.spec.management,
  (raw) => raw.spec.management.managementPoints,
  (raw) => raw.spec.output,
  (raw) => raw.spec.output.usb,
  (raw) => raw.spec.output.iso,
  (raw) => raw.spec.security,
  (raw) => raw.spec.security.certificate,
  (raw) => raw.spec.bootImage,
  (raw) => raw.spec.customization,
  (raw) => raw.spec.customization.variables,
  (raw) => raw.spec.customization.variables[2] ?? raw,
];
