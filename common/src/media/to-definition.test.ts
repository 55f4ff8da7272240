import { expect, test } from "vitest";
import { MIB } from "../bytes.ts";
import type { BootableMediaText } from "./definition-shape.ts";
import { toBootableMedia, toDiskImage } from "./to-definition.ts";

const ENVELOPE = {
  apiVersion: "stickfarm/v1",
  metadata: { name: "hq", labels: { a: "b" } },
} as const;

const SPEC: BootableMediaText["spec"] = {
  unattended: true,
  management: { mode: "siteBased", managementPoints: [{ url: "https://MP1:443/" }] },
  output: {
    usb: { partitionTable: "gpt", partitionSize: "512MiB" },
    label: "Ä",
    autorun: true,
  },
  security: {
    unknownComputers: true,
    password: { secret: "media/hq" },
    certificate: { selfSigned: { notAfter: "2027-12-01T00:00:00Z" } },
    userDeviceAffinity: "autoApproval",
  },
  bootImage: { name: "winpe" },
  files: [{ content: "tools", at: "/a/b/" }],
  distributionPoints: ["local"],
  taskSequence: { name: "install-w11" },
  customization: {
    prestart: { command: "cmd /C ask.cmd", package: "prestart-hq" },
    variables: [
      { name: "a", value: "x" },
      { name: "b", ask: true },
      { name: "c", value: "" },
      { name: "d", secret: "join/hq" },
    ],
  },
};

test("toBootableMedia() keeps what is written and gives it its domain form", () => {
  const { spec, metadata } = toBootableMedia({ ...ENVELOPE, kind: "BootableMedia", spec: SPEC });
  expect(metadata).toEqual({ name: "hq", description: "", labels: { a: "b" } });
  expect(spec).toEqual({
    unattended: true,
    management: {
      mode: "siteBased",
      siteCode: null,
      internet: false,
      managementPoints: ["https://MP1:443/"],
    },
    output: {
      usb: {
        partitionTable: "gpt",
        fileSystem: "fat32",
        partitionBytes: 512 * MIB,
        oversizeFiles: "reject",
      },
      iso: { fileName: "hq.iso", volumeSize: "unlimited", ifExists: "fail" },
      label: "Ä",
      autorun: true,
    },
    security: {
      unknownComputers: true,
      passwordSecret: "media/hq",
      certificate: {
        kind: "selfSigned",
        notBeforeMs: null,
        notAfterMs: Date.UTC(2027, 11, 1),
      },
      userDeviceAffinity: "autoApproval",
    },
    bootImage: { name: "winpe", targetArchitectures: null },
    files: [{ content: "tools", folder: "a/b" }],
    distributionPoints: ["local"],
    taskSequence: "install-w11",
    variables: [
      { kind: "plain", name: "a", value: "x" },
      { kind: "ask", name: "b" },
      { kind: "ask", name: "c" },
      { kind: "secret", name: "d", secret: "join/hq" },
    ],
    prestart: { command: "cmd /C ask.cmd", package: "prestart-hq" },
  });
});

test("toBootableMedia() takes a PKCS #12 file as it is named", () => {
  const pkcs12 = { content: "hq-cert", passwordSecret: "media/hq-pfx" };
  const spec = { ...SPEC, security: { certificate: { pkcs12 } } };
  const { security } = toBootableMedia({ ...ENVELOPE, kind: "BootableMedia", spec }).spec;
  expect(security.certificate).toEqual({ kind: "pkcs12", ...pkcs12 });
});

test("toDiskImage() fetches from the local library when nothing else is said", () => {
  const text = { ...ENVELOPE, kind: "DiskImage", spec: { image: { content: "disk" } } } as const;
  expect(toDiskImage(text).spec).toEqual({
    image: { content: "disk" },
    passport: true,
    distributionPoints: ["local"],
  });
});

test("toDiskImage() leaves an image alone on its stick when that is asked for", () => {
  const spec = { image: { content: "disk" }, passport: false };
  expect(toDiskImage({ ...ENVELOPE, kind: "DiskImage", spec }).spec.passport).toBe(false);
});
