import { expect, test } from "vitest";
import { checkDefinition } from "../check-definition.ts";
import { checkDistributionBuilt } from "./check-not-built.ts";
import { bootableMedia, NOW_MS, renderFinding } from "./test-findings.ts";

test.each([
  [{ output: { usb: { oversizeFiles: "splitWim" } } }, "spec.output.usb.oversizeFiles"],
  [{ distributionPoints: ["local", "dp-oslo"] }, "spec.distributionPoints[1]"],
])("checkNotBuilt() refuses %j by name", (spec, path) => {
  const { findings, definition } = checkDefinition(bootableMedia(spec), {
    nowMs: NOW_MS,
    library: null,
  });
  expect(definition).toBeNull();
  expect(findings.map(({ code }) => code)).toEqual(["field_not_built"]);
  expect(findings.map(renderFinding)[0]).toMatch(`error ${path}: is not built yet: this version`);
});

test("checkNotBuilt() takes each of them with its default, or left out", () => {
  const spec = {
    output: { usb: { oversizeFiles: "reject" }, autorun: false },
    customization: {},
    distributionPoints: ["local"],
  };
  const circumstances = { nowMs: NOW_MS, library: null };
  expect(checkDefinition(bootableMedia(spec), circumstances).findings).toEqual([]);
});

test("checkDistributionBuilt() names each point that is not local", () => {
  expect(checkDistributionBuilt(["a", "local", "b"]).map(({ at }) => at.at(-1))).toEqual([0, 2]);
  expect(checkDistributionBuilt(undefined)).toEqual([]);
});
