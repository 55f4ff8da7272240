import { expect, test } from "vitest";
import { checkDefinition } from "../check-definition.ts";
import { bootImageContent, libraryOf } from "../test-library.ts";
import { checkSecretName } from "./check-security.ts";
import { bootableMedia, foundIn, NOW_MS, renderFinding } from "./test-findings.ts";

const password = { secret: "media/hq" };
const NO_PASSWORD =
  "warning spec.security: has no password: whoever finds the stick can read and use its settings";

test("checkSecurity() wants a password where there are settings", () => {
  const management = { mode: "dynamic", managementPoints: [{ url: "http://a" }] };
  const customization = { variables: [{ name: "a", value: "b" }] };
  expect(foundIn({ security: {} })).toEqual([]);
  expect(foundIn({ security: {}, management })).toEqual([NO_PASSWORD]);
  expect(foundIn({ security: {}, customization })).toEqual([NO_PASSWORD]);
  expect(foundIn({ security: { password }, management, customization })).toEqual([]);
});

test("checkSecurity() warns of unknown computers, and more when nobody is asked", () => {
  const security = { password, unknownComputers: true };
  const warning =
    "warning spec.security.unknownComputers: is true: computers without a record get what is assigned to unknown ones";
  expect(foundIn({ security })).toEqual([warning]);
  expect(foundIn({ security, unattended: true })).toEqual([
    "warning spec.unattended: is true with security.unknownComputers: a computer may be wiped without a question",
  ]);
});

test.each(["Media/HQ", "hunter2!", "", "a b", "/a", "Tr0ub4dor&3"])(
  "checkSecretName() refuses %j and does not repeat it",
  (name) => {
    const [finding, ...more] = checkSecretName(["spec", "secret"], name);
    expect(more).toEqual([]);
    expect(finding === undefined ? "" : renderFinding(finding)).toBe(
      "error spec.secret: is not the name of a secret, must be 1 to 127 of a-z, 0-9, - and /, beginning and ending with a letter or digit",
    );
    if (name !== "") expect(JSON.stringify(finding)).not.toContain(name);
  },
);

test("checkSecurity() checks the name of the password", () => {
  expect(foundIn({ security: { password: { secret: "My Password" } } })[0]).toMatch(
    /^error spec\.security\.password\.secret: is not the name of a secret/,
  );
});

test.each([
  ["none", "Disabled"],
  ["pendingApproval", "Pending"],
  ["autoApproval", "Auto"],
])("checkSecurity() wants SMSTSAssignUsersMode to agree with %s", (userDeviceAffinity, mode) => {
  const found = (value: string, name = "SMSTSAssignUsersMode") =>
    foundIn({
      security: { password, userDeviceAffinity },
      customization: { variables: [{ name, value }] },
    });
  expect(found(mode)).toEqual([]);
  expect(found(mode.toLowerCase(), "smstsassignusersmode")).toEqual([]);
  expect(found("other")).toEqual([
    `error spec.customization.variables[0]: sets SMSTSAssignUsersMode, must be ${mode} as userDeviceAffinity is ${userDeviceAffinity}`,
  ]);
});

test("checkDefinition() refuses a media password that can be guessed, and does not say it", () => {
  const library = {
    ...libraryOf([bootImageContent("winpe", ["x64"])], ["media/hq", "join/hq"]),
    weakSecrets: new Map([
      ["media/hq", "it has 4 characters, at least 12 are needed"],
      ["join/hq", "it has 4 characters, at least 12 are needed"],
    ]),
  };
  const customization = { variables: [{ name: "Join", secret: "join/hq" }] };
  const { findings } = checkDefinition(bootableMedia({ customization }), {
    nowMs: NOW_MS,
    library,
  });
  expect(findings.map(({ code }) => code)).toEqual(["secret_weak"]);
  expect(findings.map(renderFinding)).toEqual([
    "error spec.security.password.secret: names a secret that is no media password: it has 4 characters, at least 12 are needed",
  ]);
});
