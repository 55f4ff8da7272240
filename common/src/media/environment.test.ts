import { expect, test } from "vitest";
import { checkDefinition } from "./check-definition.ts";
import type { Medium } from "./definition.ts";
import { environmentOf } from "./environment.ts";
import { bootableMedia, NOW_MS } from "./rules/test-findings.ts";
import type { StoredTaskSequence } from "./task-sequence.ts";

const INSTALL: StoredTaskSequence = {
  name: "install-w11",
  revision: 1,
  digest: "d",
  packages: [],
  preferredDeployment: "P0120012",
};
const POINTS = ["http://mp1.example.net:80", "http://MP2.example.net", "http://mp0.example.net:80"];

test("environmentOf() joins dynamic management points in order, byte for byte as they are written", () => {
  const variables = environment({ management: management("dynamic", POINTS) });
  expect(variables).toContainEqual(
    plain(
      "SMSTSLocationMPs",
      "http://mp1.example.net:80*http://MP2.example.net*http://mp0.example.net:80",
    ),
  );
  expect(namesOf(variables)).not.toContain("SMSTSMP");
});

test("environmentOf() names the one point of site-based media", () => {
  const variables = environment({ management: management("siteBased", POINTS.slice(0, 1)) });
  expect(variables).toContainEqual(plain("SMSTSMP", "http://mp1.example.net:80"));
  expect(variables).toContainEqual(plain("_SMSTSSiteCode", "P01"));
  expect(namesOf(variables)).not.toContain("SMSTSLocationMPs");
});

test.each([
  ["none", "Disabled"],
  ["pendingApproval", "Pending"],
  ["autoApproval", "Auto"],
])("environmentOf() writes the affinity %s as %s", (userDeviceAffinity, mode) => {
  const variables = environment({ security: { userDeviceAffinity } });
  expect(variables).toContainEqual(plain("SMSTSAssignUsersMode", mode));
});

test("environmentOf() leaves the affinity to the operator's own variable", () => {
  const customization = { variables: [{ name: "smstsassignusersmode", value: "Disabled" }] };
  expect(namesOf(environment({ customization })).filter((name) => /assign/i.test(name))).toEqual([
    "smstsassignusersmode",
  ]);
});

test("environmentOf() says whether unknown computers are served, and which deployment is started", () => {
  const open = environment({ security: { unknownComputers: true } }, INSTALL);
  expect(open).toContainEqual(plain("_StickfarmUnknownComputers", "true"));
  expect(open).toContainEqual(plain("SMSTSPreferredAdvertID", "P0120012"));
  const shut = environment({}, { ...INSTALL, preferredDeployment: null });
  expect(shut).toContainEqual(plain("_StickfarmUnknownComputers", "false"));
  expect(namesOf(shut)).not.toContain("SMSTSPreferredAdvertID");
});

test("environmentOf() ends with the operator's variables in order, what is asked flagged", () => {
  const customization = {
    variables: [
      { name: "z", value: "1" },
      { name: "Empty", value: "" },
      { name: "a", ask: true },
      { name: "JoinPassword", secret: "join/hq" },
    ],
  };
  expect(environment({ customization }).slice(-4)).toEqual([
    plain("z", "1"),
    { kind: "ask", name: "Empty" },
    { kind: "ask", name: "a" },
    { kind: "secret", name: "JoinPassword", secret: "join/hq" },
  ]);
});

test("environmentOf() says whether it lies on a stick or on a disc", () => {
  expect(environment({})).toContainEqual(plain("_SMSTSLaunchMode", "UFD+FORMAT"));
  expect(environment({}, null, "disc")).toContainEqual(plain("_SMSTSLaunchMode", "CD"));
});

test("environmentOf() has each name once", () => {
  const names = namesOf(environment({ management: management("dynamic", POINTS) }, INSTALL));
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
});

function environment(
  spec: Readonly<Record<string, unknown>>,
  taskSequence: StoredTaskSequence | null = null,
  medium: Medium = "stick",
) {
  const raw = bootableMedia({ security: {}, ...spec });
  const text = { ...raw, spec: { ...specOf(raw), security: withPassword(specOf(raw)) } };
  const { definition, findings } = checkDefinition(text, { nowMs: NOW_MS, library: null });
  if (definition?.kind !== "BootableMedia") throw new Error(JSON.stringify(findings));
  return environmentOf(definition, taskSequence, medium);
}

function specOf(raw: object): Readonly<Record<string, unknown>> {
  return (raw as { readonly spec: Readonly<Record<string, unknown>> }).spec;
}

function withPassword({ security }: Readonly<Record<string, unknown>>): object {
  return { ...(security as object), password: { secret: "media/hq" } };
}

function management(mode: string, urls: readonly string[]) {
  return { mode, siteCode: "P01", managementPoints: urls.map((url) => ({ url })) };
}

function plain(name: string, value: string) {
  return { kind: "plain", name, value };
}

function namesOf(variables: readonly { readonly name: string }[]): readonly string[] {
  return variables.map(({ name }) => name);
}
