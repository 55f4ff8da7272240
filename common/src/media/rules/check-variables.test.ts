import { expect, test } from "vitest";
import { isAsked } from "./check-variables.ts";
import { foundIn } from "./test-findings.ts";

const AT = "spec.customization.variables";

test.each([
  { name: "OSDTimeZone", value: "W. Europe Standard Time" },
  { name: "OSDComputerName", ask: true },
  { name: "a", value: "", ask: true },
  { name: "a", value: "x", ask: false },
  { name: "JoinPassword", secret: "join/hq" },
  { name: "x".repeat(256), value: "x".repeat(4000) },
  { name: "multi-line_1", value: "a\nb\tc" },
])("checkVariables() finds nothing in variable %#", (variable) => {
  expect(found(variable)).toEqual([]);
});

const REFUSED: readonly (readonly [variable: object, rule: string | RegExp])[] = [
  [{ name: "_SMSTSSiteCode", value: "x" }, `[0].name: is "_SMSTSSiteCode", must not begin with _`],
  ...["1a", "a b", "a.b", "ä", "", "x".repeat(257)].map(
    (name) =>
      [
        { name, value: "x" },
        `[0].name: is ${JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name)}, must be a letter and up to 255 letters, digits, _ and -`,
      ] as const,
  ),
  [{ name: "smstsMP", value: "x" }, `[0].name: is "smstsMP", which spec.management sets`],
  [
    { name: "SMSTSLocationMPs", value: "x" },
    `[0].name: is "SMSTSLocationMPs", which spec.management sets`,
  ],
  [
    { name: "SMSTSPreferredAdvertID", value: "x" },
    `[0].name: is "SMSTSPreferredAdvertID", which spec.taskSequence sets`,
  ],
  [{ name: "a" }, "[0]: has none of value, ask and secret"],
  [{ name: "a", ask: false }, "[0]: has none of value, ask and secret"],
  [{ name: "a", value: "x", ask: true }, "[0]: has more than one of value, ask and secret"],
  [{ name: "a", value: "x", secret: "s" }, "[0]: has more than one of value, ask and secret"],
  [{ name: "a", ask: true, secret: "s" }, "[0]: has more than one of value, ask and secret"],
  [
    { name: "a", value: "x".repeat(4001) },
    "[0].value: has 4001 characters, at most 4000 are possible",
  ],
  [{ name: "a", value: "x\0" }, "[0].value: has a code that is not a character"],
  [{ name: "a", value: "\udc00" }, "[0].value: has a code that is not a character"],
  [{ name: "a", secret: "A B" }, /^error .*\[0\]\.secret: is not the name of a secret/],
];

test.each(REFUSED)("checkVariables() refuses variable %#", (variable, rule) => {
  const findings = found(variable);
  expect(findings).toHaveLength(1);
  if (typeof rule === "string") expect(findings).toEqual([`error ${AT}${rule}`]);
  else expect(findings[0]).toMatch(rule);
});

test("checkVariables() warns of an empty value, which is asked at boot", () => {
  expect(found({ name: "a", value: "" })).toEqual([
    `warning ${AT}[0].value: is empty: it is asked at boot`,
  ]);
});

test.each(["JoinPassword", "db_pwd", "API-Key", "AccessToken", "ClientSecret"])(
  "checkVariables() warns when %s stands in the open",
  (name) => {
    expect(found({ name, value: "canary" })).toEqual([
      `warning ${AT}[0].value: stands in the open, and "${name}" sounds like a secret`,
    ]);
    expect(found({ name, ask: true })).toEqual([]);
    expect(found({ name, secret: "join/hq" })).toEqual([]);
  },
);

test("checkVariables() refuses a secret on a stick without a password", () => {
  const customization = { variables: [{ name: "a", secret: "join/hq" }] };
  expect(foundIn({ customization, security: {} })).toContain(
    `error ${AT}[0].secret: is a secret on a stick without a password, must be sealed by one`,
  );
});

test("checkVariables() refuses a name twice, upper and lower case being one", () => {
  expect(
    found({ name: "Abc", value: "1" }, { name: "x", value: "2" }, { name: "aBC", ask: true }),
  ).toEqual([
    `error ${AT}[2].name: is the same as variables[0]; upper and lower case do not count`,
  ]);
});

test("checkVariables() allows 8192 bytes of UTF-8 for all names and values", () => {
  const two = [
    { name: "a", value: "x".repeat(4000) },
    { name: "b", value: "x".repeat(4000) },
  ];
  const rest = 8192 - 8002 - 1;
  expect(found(...two, { name: "c", value: "x".repeat(rest) })).toEqual([]);
  expect(found(...two, { name: "c", value: `${"x".repeat(rest - 1)}é` })).toEqual([
    `error ${AT}: take 8193 bytes with their names, at most 8192 are possible`,
  ]);
});

test("checkVariables() counts the joined management points into those bytes", () => {
  const variables = [
    { name: "a", value: "x".repeat(4000) },
    { name: "b", value: "x".repeat(4000) },
  ];
  const urls = Array.from({ length: 6 }, (_, at) => `http://mp${at}.example.net`);
  const management = { mode: "dynamic", managementPoints: urls.map((url) => ({ url })) };
  const bytes = 8002 + "SMSTSLocationMPs".length + urls.join("*").length;
  expect(bytes).toBeLessThan(8192);
  expect(foundIn({ management, customization: { variables } })).toEqual([]);
  const more = [...variables, { name: "c", value: "x".repeat(8192 - bytes) }];
  expect(foundIn({ management, customization: { variables: more } })).toEqual([
    `error ${AT}: take 8193 bytes with their names, at most 8192 are possible`,
  ]);
});

test("checkVariables() warns when nobody is there to be asked", () => {
  const variables = [
    { name: "a", ask: true },
    { name: "b", value: "x" },
  ];
  expect(foundIn({ unattended: true, customization: { variables } })).toEqual([
    "warning spec.unattended: is true, and nobody can fill in 1 of the variables at boot",
  ]);
  expect(foundIn({ unattended: false, customization: { variables } })).toEqual([]);
});

test("isAsked() is true for what has no value of its own", () => {
  expect(isAsked({ ask: true })).toBe(true);
  expect(isAsked({ value: "" })).toBe(true);
  expect(isAsked({ value: "x" })).toBe(false);
  expect(isAsked({ secret: "s" })).toBe(false);
});

function found(...variables: readonly object[]): readonly string[] {
  return foundIn({ customization: { variables } });
}
