import { expect, test } from "vitest";
import { UNSEEN } from "./contents.ts";
import { type Drive, UNKNOWN_FACTS } from "./drive.ts";
import { matchConsent } from "./match-consent.ts";

const drive: Drive = {
  driveId: "virtual-file:A1",
  bay: "1",
  serial: "A1",
  vendor: "Virtual",
  model: "File",
  sizeBytes: 1 << 30,
  logicalBlockBytes: 512,
  insertion: "254:0:12:1",
  transport: "virtual-file",
  refusals: [],
  asks: [],
  facts: UNKNOWN_FACTS,
  contents: UNSEEN,
};

test("matchConsent() accepts the drive as it was consented to", () => {
  expect(matchConsent(drive, drive)).toMatchObject({ ok: true });
});

test.each([
  ["driveId", "virtual-file:B2"],
  ["bay", "2"],
  ["serial", "B2"],
  ["sizeBytes", 512],
  ["insertion", "254:0:12:2"],
])("matchConsent() refuses another %s and names it", (field, value) => {
  expect(matchConsent({ ...drive, [field]: value }, drive)).toMatchObject({
    problem: { code: "drive_changed", detail: expect.stringContaining(field) },
  });
});
