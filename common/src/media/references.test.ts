import { expect, test } from "vitest";
import { checkDefinition } from "./check-definition.ts";
import { referencesOf, referencesOfBootableMedia, referencesOfDiskImage } from "./references.ts";
import { bootableMedia, NOW_MS } from "./rules/test-findings.ts";

const SPEC = {
  distributionPoints: ["local", "dp-oslo"],
  bootImage: { name: "winpe", targetArchitectures: ["x64"] },
  files: [{ content: "tools", at: "/tools" }, { content: "drivers" }],
  security: {
    password: { secret: "media/hq" },
    certificate: { pkcs12: { content: "hq-cert", passwordSecret: "media/hq-pfx" } },
  },
  taskSequence: { name: "install-w11" },
  customization: {
    prestart: { command: "cmd /C ask.cmd", package: "prestart-hq" },
    variables: [
      { name: "a", value: "x" },
      { name: "b", secret: "join/hq" },
    ],
  },
};

const PKCS12_AT = ["spec", "security", "certificate", "pkcs12"];

const REFERENCES = [
  {
    kind: "bootImage",
    at: ["spec", "bootImage", "name"],
    name: "winpe",
    targets: { at: ["spec", "bootImage", "targetArchitectures"], architectures: ["x64"] },
  },
  { kind: "tree", at: ["spec", "files", 0, "content"], name: "tools" },
  { kind: "tree", at: ["spec", "files", 1, "content"], name: "drivers" },
  { kind: "secret", at: ["spec", "security", "password", "secret"], name: "media/hq" },
  { kind: "file", at: [...PKCS12_AT, "content"], name: "hq-cert" },
  { kind: "secret", at: [...PKCS12_AT, "passwordSecret"], name: "media/hq-pfx" },
  { kind: "taskSequence", at: ["spec", "taskSequence", "name"], name: "install-w11" },
  { kind: "secret", at: ["spec", "customization", "variables", 1, "secret"], name: "join/hq" },
  { kind: "tree", at: ["spec", "customization", "prestart", "package"], name: "prestart-hq" },
  { kind: "distributionPoint", at: ["spec", "distributionPoints", 0], name: "local" },
  { kind: "distributionPoint", at: ["spec", "distributionPoints", 1], name: "dp-oslo" },
];

test("referencesOf() lists every name of a definition, with its place", () => {
  const circumstances = { nowMs: NOW_MS, library: null };
  const { definition } = checkDefinition(bootableMedia(SPEC), circumstances);
  expect(definition === null ? null : referencesOf(definition)).toEqual(REFERENCES);
});

test("referencesOfBootableMedia() lists the same from a draft, and what there is of one with holes", () => {
  expect(
    referencesOfBootableMedia({
      spec: { ...SPEC, bootImage: { name: "winpe", targetArchitectures: ["x64"] } },
    }),
  ).toEqual(REFERENCES);
  expect(referencesOfBootableMedia({})).toEqual([]);
  const spec = {
    files: [undefined, { content: "tools" }],
    customization: { variables: [undefined] },
  };
  expect(referencesOfBootableMedia({ spec })).toEqual([
    { kind: "tree", at: ["spec", "files", 1, "content"], name: "tools" },
  ]);
});

test("referencesOf() and referencesOfDiskImage() list the image", () => {
  const reference = { kind: "image", at: ["spec", "image", "content"], name: "disk" };
  const metadata = { name: "a", description: "", labels: {} };
  const spec = { image: { content: "disk" }, passport: true, distributionPoints: ["local"] };
  const point = { kind: "distributionPoint", at: ["spec", "distributionPoints", 0], name: "local" };
  expect(referencesOf({ kind: "DiskImage", metadata, spec })).toEqual([reference, point]);
  expect(referencesOfDiskImage({ spec: { distributionPoints: ["local"] } })).toEqual([point]);
  expect(referencesOfDiskImage({ spec: { image: { content: "disk" } } })).toEqual([reference]);
  expect(referencesOfDiskImage({})).toEqual([]);
});
