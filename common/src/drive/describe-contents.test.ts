import { expect, test } from "vitest";
import type { DriveContents, SeenPassport, SeenVolume } from "./contents.ts";
import { describeContents } from "./describe-contents.ts";

const FAT: SeenVolume = { partition: 1, sizeBytes: 1, kind: "fat32", label: "HOLIDAYS" };
const SEEN: DriveContents = { kind: "seen", table: "mbr", volumes: [], passport: null };
const PASSPORT: SeenPassport = {
  buildId: "B1",
  stickId: "00",
  media: { name: "hq", revision: 3 },
  orderedAtMs: 1,
  isSealed: true,
};

test.each<[string, DriveContents]>([
  ["", { kind: "unseen" }],
  ["unreadable", { kind: "unreadable", why: "it did not answer" }],
  ["mbr without partitions", SEEN],
  ["fat32 HOLIDAYS, ntfs", { ...SEEN, volumes: [FAT, { ...FAT, kind: "ntfs", label: "" }] }],
  ["hq@3, sealed", { ...SEEN, volumes: [FAT], passport: PASSPORT }],
  ["build B1, never sealed", { ...SEEN, passport: { ...PASSPORT, media: null, isSealed: false } }],
])("describeContents() says %j", (text, contents) => {
  expect(describeContents(contents)).toBe(text);
});
