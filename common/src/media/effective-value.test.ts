import { expect, test } from "vitest";
import { checkDefinition } from "./check-definition.ts";
import { definitionDigestText } from "./definition-digest.ts";
import { effectiveValue } from "./effective-value.ts";
import { bootableMedia, NOW_MS } from "./rules/test-findings.ts";

test("effectiveValue() writes out what is left out, and no part that nobody asked for", () => {
  expect(effectiveValue(bootableMedia({ files: [{ content: "tools" }] }))).toEqual({
    apiVersion: "stickfarm/v1",
    kind: "BootableMedia",
    metadata: { name: "hq", description: "", labels: {} },
    spec: {
      unattended: false,
      output: {
        usb: {
          partitionTable: "mbr",
          fileSystem: "fat32",
          partitionSize: "fill",
          oversizeFiles: "reject",
        },
        iso: { volumeSize: "unlimited", ifExists: "fail" },
        label: "STICKFARM",
        autorun: false,
      },
      security: {
        password: { secret: "media/hq" },
        unknownComputers: false,
        userDeviceAffinity: "none",
      },
      bootImage: { name: "winpe" },
      files: [{ content: "tools", at: "/" }],
      distributionPoints: ["local"],
      customization: { variables: [] },
    },
  });
});

test("effectiveValue() keeps what is written", () => {
  const raw = bootableMedia({
    unattended: true,
    management: { mode: "dynamic", managementPoints: [{ url: "http://a" }] },
    distributionPoints: ["dp-oslo"],
  });
  expect(effectiveValue(raw)).toMatchObject(raw);
  const once = effectiveValue(raw);
  expect(effectiveValue(once)).toEqual(once);
});

test("effectiveValue() says the same as the definition that a text becomes: the same digest", () => {
  const raw = bootableMedia({ files: [{ content: "tools" }] });
  const written = effectiveValue(raw);
  // Left out of it: written, an ISO is a wish that this version may not be able to fulfil.
  const { iso: _, ...output } = (written as { spec: { output: { iso: unknown } } }).spec.output;
  const spelt = { ...(written as object), spec: { ...specOf(written), output } };
  expect(digestTextOf(spelt)).toBe(digestTextOf(raw));
});

test.each([null, "text", 7, [], { kind: "Toaster", spec: {} }, { spec: {} }])(
  "effectiveValue() leaves %j as it is",
  (raw) => {
    expect(effectiveValue(raw)).toEqual(raw);
  },
);

function specOf(raw: unknown): object {
  return (raw as { readonly spec: object }).spec;
}

function digestTextOf(raw: unknown): string {
  const { definition, findings } = checkDefinition(raw, { nowMs: NOW_MS, library: null });
  if (definition === null) throw new Error(JSON.stringify(findings));
  return definitionDigestText(definition);
}
