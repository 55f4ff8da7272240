import { GIB } from "@stickfarm/common/bytes";
import { UNSEEN } from "@stickfarm/common/drive/contents";
import { type Drive, UNKNOWN_FACTS } from "@stickfarm/common/drive/drive";
import { expect, test } from "vitest";
import { bayKey, driveKey, type Field, planTargets } from "./plan-targets.ts";

const FIELD: Field = {
  agents: [
    { name: "ws-1", drives: [drive("1", 2 * GIB), drive("2", GIB)] },
    { name: "ws-2", drives: null },
    { name: "ws-3", drives: [] },
  ],
  holders: new Map(),
  labels: new Map(),
};

test("planTargets() plans every drive of an agent once, however it is named", () => {
  const planned = planTargets(
    FIELD,
    [
      { agent: "ws-1", bay: "2" },
      { agent: "ws-1", bay: null },
    ],
    GIB,
  );
  expect(planned.ok && planned.value.map(({ drive: { bay } }) => bay)).toEqual(["2", "1"]);
});

test("planTargets() refuses a drive that is too small, with both sizes", () => {
  const planned = planTargets(FIELD, [{ agent: "ws-1", bay: "2" }], GIB + 1);
  expect(planned).toMatchObject({ value: [{ refusals: [{ code: "drive_too_small" }] }] });
  const detail = planned.ok ? planned.value[0]?.refusals[0]?.detail : "";
  expect(detail).toContain("1073741824 bytes (1.00 GiB)");
  expect(detail).toContain("1073741825 bytes");
});

test("planTargets() gives all reasons why a drive is refused", () => {
  const mounted = { code: "drive_in_use", detail: "mounted" } as const;
  const field: Field = {
    agents: [{ name: "ws-1", drives: [{ ...drive("1", 1), refusals: [mounted] }] }],
    holders: new Map([[driveKey("ws-1", "virtual-file:1"), "build-9"]]),
    labels: new Map(),
  };
  const planned = planTargets(field, [{ agent: "ws-1", bay: "1" }], 2);
  expect(planned.ok && planned.value[0]?.refusals.map(({ code }) => code)).toEqual([
    "drive_in_use",
    "drive_too_small",
    "drive_busy",
  ]);
});

test("planTargets() finds a bay by its label, and by its own name before that", () => {
  const labels = new Map([
    [bayKey("ws-1", "1"), "left hub 3"],
    [bayKey("ws-1", "2"), "1"],
  ]);
  const find = (bay: string) => {
    const planned = planTargets({ ...FIELD, labels }, [{ agent: "ws-1", bay }], 1);
    return planned.ok && planned.value.map(({ drive, label }) => [drive.bay, label]);
  };
  expect(find("left hub 3")).toEqual([["1", "left hub 3"]]);
  expect(find("1")).toEqual([["1", "left hub 3"]]);
  expect(find("2")).toEqual([["2", "1"]]);
});

test.each([
  [[], "usage"],
  [[{ agent: "ws-9", bay: null }], "agent_unknown"],
  [[{ agent: "ws-2", bay: null }], "drive_unknown"],
  [[{ agent: "ws-3", bay: null }], "drive_unknown"],
  [[{ agent: "ws-1", bay: "7" }], "drive_unknown"],
] as const)("planTargets() of %j fails with %s", (targets, code) => {
  expect(planTargets(FIELD, targets, 1)).toMatchObject({ ok: false, problem: { code } });
});

function drive(bay: string, sizeBytes: number): Drive {
  return {
    driveId: `virtual-file:${bay}`,
    bay,
    serial: `S${bay}`,
    vendor: "stickfarm",
    model: "virtual drive",
    sizeBytes,
    logicalBlockBytes: 512,
    insertion: "1",
    transport: "virtual-file",
    refusals: [],
    asks: [],
    facts: UNKNOWN_FACTS,
    contents: UNSEEN,
  };
}
