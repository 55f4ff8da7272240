import type { Ask } from "@stickfarm/common/drive/ask";
import { UNSEEN } from "@stickfarm/common/drive/contents";
import { UNKNOWN_FACTS } from "@stickfarm/common/drive/drive";
import type { Identity } from "@stickfarm/common/identity";
import type { Problem } from "@stickfarm/common/problem";
import { expect, test } from "vitest";
import type { PlannedDrive } from "./plan-targets.ts";
import { whyNotStarted } from "./why-not-started.ts";

const OPS: Identity = { role: "operator", name: "ops", grants: [] };
const CHIEF: Identity = { ...OPS, name: "chief", grants: ["drive-admin"] };
const HOLDS: Ask = { code: "drive_foreign_content", detail: "Cannot erase B2: it holds ext4" };
const BUSY: Problem = { code: "drive_busy", detail: "Cannot use drive C3: build 1 holds it" };

function planned(
  serial: string,
  asks: readonly Ask[] = [],
  refusals: readonly Problem[] = [],
): PlannedDrive {
  const drive = {
    driveId: `usb:${serial}`,
    bay: serial,
    serial,
    vendor: "",
    model: "",
    sizeBytes: 1,
    logicalBlockBytes: 512,
    insertion: "1",
    transport: "usb",
    refusals: [],
    asks,
    facts: UNKNOWN_FACTS,
    contents: UNSEEN,
  } as const;
  return { agent: "ws-1", label: "", drive, refusals };
}

const GOOD = planned("A1");
const ASKED = planned("B2", [HOLDS]);
const REFUSED = planned("C3", [], [BUSY]);

const codeOf = (
  drives: readonly PlannedDrive[],
  eraseSerials: readonly string[],
  caller: Identity = CHIEF,
) => {
  const plan = { planDigest: "d", drives };
  return whyNotStarted(plan, { planDigest: "d", eraseSerials }, caller)?.code ?? null;
};

test("whyNotStarted() lets any operator build what a yes erases", () => {
  expect(codeOf([GOOD], [], OPS)).toBeNull();
});

test("whyNotStarted() starts nothing on a plan that is not what was consented to", () => {
  const plan = { planDigest: "new", drives: [GOOD] };
  const asked = { planDigest: "old", eraseSerials: [] };
  expect(whyNotStarted(plan, asked, CHIEF)?.code).toBe("plan_changed");
});

test("whyNotStarted() lets no typed serial override a refusal", () => {
  expect(codeOf([ASKED, REFUSED], ["B2"])).toBe("drive_refused");
  expect(codeOf([planned("B2", [HOLDS], [BUSY])], ["B2"])).toBe("drive_refused");
});

test.each([
  ["the question is open", [], CHIEF, "drive_refused"],
  ["it is another drive's serial", ["A1"], CHIEF, "usage"],
  ["one serial is of no drive", ["B2", "X"], CHIEF, "usage"],
  ["the operator has not the role", ["B2"], OPS, "role_missing"],
  ["the operator who has the role typed it", ["B2"], CHIEF, null],
] as const)("whyNotStarted() when %s", (_, typed, caller, code) => {
  expect(codeOf([GOOD, ASKED], typed, caller)).toBe(code);
});

test("whyNotStarted() takes no serial that two drives show", () => {
  expect(codeOf([ASKED, planned("B2")], ["B2"])).toBe("serial_shared");
});
