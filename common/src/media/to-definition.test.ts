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
    userDeviceAffinity: "autoApproval",
  },
  bootImage: { name: "winpe" },
  files: [{ content: "tools", at: "/a/b/" }],
  distributionPoints: ["local"],
  customization: {
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
      label: "Ä",
      autorun: true,
    },
    security: {
      unknownComputers: true,
      passwordSecret: "media/hq",
      userDeviceAffinity: "autoApproval",
    },
    bootImage: { name: "winpe", targetArchitectures: null },
    files: [{ content: "tools", folder: "a/b" }],
    distributionPoints: ["local"],
    variables: [
      { kind: "plain", name: "a", value: "x" },
      { kind: "ask", name: "b" },
      { kind: "ask", name: "c" },
      { kind: "secret", name: "d", secret: "join/hq" },
    ],
  });
});

test("toDiskImage() fetches from the local library when nothing else is said", () => {
  const text = { ...ENVELOPE, kind: "DiskImage", spec: { image: { content: "disk" } } } as const;
  expect(toDiskImage(text).spec).toEqual({
    image: { content: "disk" },
    distributionPoints: ["local"],
  });
});
