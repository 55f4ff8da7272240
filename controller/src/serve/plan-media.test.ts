import type { Ask } from "@stickfarm/common/drive/ask";
import { UNSEEN } from "@stickfarm/common/drive/contents";
import { type Drive, UNKNOWN_FACTS } from "@stickfarm/common/drive/drive";
import { expect, test } from "vitest";
import { digestPlan } from "./plan-media.ts";

const REVISION = { name: "hq", revision: 1, digest: "ab" };
const DRIVE: Drive = {
  driveId: "usb:1",
  bay: "1",
  serial: "A1",
  vendor: "",
  model: "",
  sizeBytes: 1,
  logicalBlockBytes: 512,
  insertion: "1",
  transport: "usb",
  refusals: [],
  asks: [],
  facts: UNKNOWN_FACTS,
  contents: UNSEEN,
};

const digestOf = (change: Partial<Drive>) =>
  digestPlan(REVISION, [
    { agent: "ws-1", label: "", drive: { ...DRIVE, ...change }, refusals: [] },
  ]);

test("digestPlan() is another for each drive, insertion and question that is consented to", () => {
  const ext4: Ask = { code: "drive_foreign_content", detail: "Cannot erase: it holds ext4" };
  const luks: Ask = { ...ext4, detail: "Cannot erase: it holds luks" };
  const changes: readonly Partial<Drive>[] = [
    {},
    { driveId: "usb:2" },
    { bay: "2" },
    { serial: "B2" },
    { sizeBytes: 2 },
    { insertion: "2" },
    { asks: [ext4] },
    { asks: [luks] },
  ];
  expect(new Set(changes.map(digestOf)).size).toBe(changes.length);
  expect(digestOf({ model: "DataTraveler" })).toBe(digestOf({}));
});
