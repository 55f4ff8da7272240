import { expect, test } from "vitest";
import { checkDefinition } from "./check-definition.ts";
import { definitionDigestText } from "./definition-digest.ts";
import { bootableMedia, NOW_MS } from "./rules/test-findings.ts";

test("definitionDigestText() is the same with defaults left out or written out, in any order", () => {
  const short = textOf({});
  const long = textOf({
    distributionPoints: ["local"],
    customization: { variables: [] },
    output: { autorun: false, usb: { fileSystem: "fat32", partitionTable: "mbr" } },
    unattended: false,
  });
  expect(long).toBe(short);
  expect(JSON.parse(short)).toMatchObject({ apiVersion: "stickfarm/v1", kind: "BootableMedia" });
});

test.each([
  { unattended: true },
  { output: { label: "OTHER" } },
  { bootImage: { name: "winpe-2" } },
  { files: [{ content: "tools" }] },
  { customization: { variables: [{ name: "a", value: "1" }] } },
])("definitionDigestText() differs with %j", (spec) => {
  expect(textOf(spec)).not.toBe(textOf({}));
});

function textOf(spec: Readonly<Record<string, unknown>>): string {
  const circumstances = { nowMs: NOW_MS, library: null };
  const { definition } = checkDefinition(bootableMedia(spec), circumstances);
  if (definition === null) throw new Error("the definition is wrong");
  return definitionDigestText(definition);
}
