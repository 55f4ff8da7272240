import { expect, test } from "vitest";
import { checkDefinition } from "../check-definition.ts";
import { bootableMedia, NOW_MS, renderFinding } from "./test-findings.ts";

test.each([[{ output: { usb: { oversizeFiles: "splitWim" } } }, "spec.output.usb.oversizeFiles"]])(
  "checkNotBuilt() refuses %j by name",
  (spec, path) => {
    const { findings, definition } = checkDefinition(bootableMedia(spec), {
      nowMs: NOW_MS,
      library: null,
    });
    expect(definition).toBeNull();
    expect(findings.map(({ code }) => code)).toEqual(["field_not_built"]);
    expect(findings.map(renderFinding)[0]).toMatch(`error ${path}: is not built yet: this version`);
  },
);

test("checkNotBuilt() takes each of them with its default, or left out", () => {
  const spec = {
    output: { usb: { oversizeFiles: "reject" }, autorun: false },
    customization: {},
    distributionPoints: ["local"],
  };
  const circumstances = { nowMs: NOW_MS, library: null };
  expect(checkDefinition(bootableMedia(spec), circumstances).findings).toEqual([]);
});
