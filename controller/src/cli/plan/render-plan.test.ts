import { expect, test } from "vitest";
import type { PlanPicture } from "../connect/plan-picture.ts";
import { makePlan, makePlanned } from "../test-pictures.ts";
import { renderPlan, whyNotBuildable } from "./render-plan.ts";

const TOO_SMALL = {
  code: "drive_too_small",
  detail: 'Cannot write the drive in bay "2": it has 2 GiB, it must have at least 3.73 GiB',
  remedy: "Use a stick of at least the size named above",
};
const BUSY = {
  code: "drive_busy",
  detail: 'Cannot write the drive in bay "2": build "01JC" writes it',
  remedy: "Close what uses the drive, or wait for its build to end",
};
const MIXED = makePlan([makePlanned("1"), makePlanned("2", [TOO_SMALL, BUSY])]);

test("renderPlan() shows each drive, and every reason against one", () => {
  expect(renderPlan(MIXED, { color: false, typed: [] })).toMatchInlineSnapshot(`
    "hq-bare-metal@3 needs drives of at least 3.73 GiB

    AGENT  BAY  SERIAL  MODEL                        SIZE  VERDICT
    ws-1   1    SN0001  stickfarm virtual drive  7.45 GiB  will be erased
    ws-1   2    SN0002  stickfarm virtual drive  7.45 GiB  refused: drive_too_small, drive_busy

    refused ws-1/2: Cannot write the drive in bay "2": it has 2 GiB, it must have at least 3.73 GiB [drive_too_small]
        Use a stick of at least the size named above
    refused ws-1/2: Cannot write the drive in bay "2": build "01JC" writes it [drive_busy]
        Close what uses the drive, or wait for its build to end

    1 drive would be erased, 1 drive refused
    "
  `);
});

const HOLDS_EXT4 = {
  code: "drive_foreign_content",
  detail: 'Cannot erase the drive "SN0002" in bay "2" by a yes alone: it holds "ext4"',
  remedy: "Look whether anybody needs it",
};
const ASKING = makePlan([makePlanned("1"), makePlanned("2", [], [HOLDS_EXT4])]);

test("renderPlan() shows what a yes alone does not erase, and what to type for it", () => {
  expect(renderPlan(ASKING, { color: false, typed: [] })).toMatchInlineSnapshot(`
    "hq-bare-metal@3 needs drives of at least 3.73 GiB

    AGENT  BAY  SERIAL  MODEL                        SIZE  VERDICT
    ws-1   1    SN0001  stickfarm virtual drive  7.45 GiB  will be erased
    ws-1   2    SN0002  stickfarm virtual drive  7.45 GiB  only by serial: drive_foreign_content

    asked ws-1/2: Cannot erase the drive "SN0002" in bay "2" by a yes alone: it holds "ext4" [drive_foreign_content]
        When nobody needs what it holds: --erase SN0002

    1 drive would be erased, 1 drive only by serial
    "
  `);
});

test("renderPlan() shows a drive as to be erased once its own serial is typed", () => {
  const shown = renderPlan(ASKING, { color: false, typed: ["SN0002"] });
  expect(shown).toContain("2 drives would be erased\n");
  expect(shown).not.toContain("--erase");
  const wrong = renderPlan(ASKING, { color: false, typed: ["SN0001"] });
  expect(wrong).toContain("1 drive would be erased, 1 drive only by serial\n");
});

test("renderPlan() shows what would be lost", () => {
  const planned = makePlanned("1");
  const volumes = [{ partition: 1, sizeBytes: 1, kind: "ntfs", label: "Tax 2025" }];
  const contents = { state: "seen", why: "", table: "mbr", volumes, passport: undefined };
  const plan = makePlan([{ ...planned, drive: { ...planned.drive, contents } }]);
  expect(renderPlan(plan, { color: false, typed: [] })).toMatch(
    /HOLDS +VERDICT\n.*ntfs Tax 2025 +will be erased\n/,
  );
});

test("renderPlan() shows warnings of the definition", () => {
  const warning = {
    ruleId: "password-missing",
    severity: "warning",
    line: 0,
    column: 0,
    path: "spec.security.password",
    rule: "it is not set: settings on the stick are readable by anyone",
    remedy: "Name a secret",
  };
  const plan: PlanPicture = { ...makePlan([makePlanned("1")]), warnings: [warning] };
  expect(renderPlan(plan, { color: false, typed: [] })).toContain(
    "hq-bare-metal: warning: spec.security.password: it is not set",
  );
});

test("renderPlan() lets no drive steer the terminal", () => {
  const nasty = "\u001b[2J\u202e\r\nX";
  const problems = [{ code: nasty, detail: nasty, remedy: nasty }];
  const names = { serial: nasty, model: nasty, bay: nasty };
  const drive = { ...makePlanned("1").drive, ...names, asks: problems };
  const made = { agent: nasty, label: nasty, drive, erase: nasty };
  const text = renderPlan(
    makePlan([
      { ...made, refusals: problems },
      { ...made, refusals: [] },
    ]),
    {
      color: false,
      typed: [],
    },
  );
  expect(text).not.toMatch(/[^\P{C}\n]/u);
});

test("whyNotBuildable() is null when every drive can be written", () => {
  expect(whyNotBuildable(makePlan([makePlanned("1")]))).toBeNull();
});

test("whyNotBuildable() names the drives that are refused", () => {
  expect(whyNotBuildable(MIXED)).toEqual({
    code: "drive_refused",
    detail: 'Cannot build "hq-bare-metal@3": 1 of 2 drives refused (ws-1/2)',
  });
});

test("whyNotBuildable() refuses a plan without drives", () => {
  expect(whyNotBuildable(makePlan([]))).toEqual({
    code: "drive_refused",
    detail: 'Cannot build "hq-bare-metal@3": no drive is where --on points',
  });
});
