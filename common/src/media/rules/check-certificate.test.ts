import { expect, test } from "vitest";
import { foundIn } from "./test-findings.ts";

const AT = "spec.security.certificate";

test.each([
  { selfSigned: {} },
  { selfSigned: { notBefore: "2026-11-01T00:00:00Z", notAfter: "2027-11-01T00:00:00Z" } },
  { selfSigned: { notAfter: "2026-11-22T00:00:01.5Z" } },
  { pkcs12: { content: "hq-cert", passwordSecret: "media/hq-pfx" } },
])("checkCertificate() finds nothing in %j", (certificate) => {
  expect(found(certificate)).toEqual([]);
});

const WRONG: readonly (readonly [certificate: object, rules: readonly string[]])[] = [
  [{}, ["error : holds 0 of selfSigned and pkcs12, must hold exactly one"]],
  [
    { selfSigned: {}, pkcs12: { content: "c", passwordSecret: "p" } },
    ["error : holds 2 of selfSigned and pkcs12, must hold exactly one"],
  ],
  [
    { selfSigned: { notBefore: "2026-12-01T00:00:00Z", notAfter: "2026-12-01T00:00:00Z" } },
    [
      "error .selfSigned.notAfter: is not after notBefore, must be",
      "warning .selfSigned.notBefore: is in the future: the stick is of no use before",
    ],
  ],
  [
    { selfSigned: { notBefore: "2025-01-01T00:00:00Z", notAfter: "2026-01-01T00:00:00Z" } },
    ["error .selfSigned.notAfter: is in the past, must be in the future"],
  ],
  [
    { selfSigned: { notAfter: "2029-01-01T00:00:00Z" } },
    ["warning .selfSigned.notAfter: is more than 2 years after notBefore"],
  ],
  [
    { selfSigned: { notBefore: "tomorrow", notAfter: "2027-02-30T25:00:00Z" } },
    [
      "error .selfSigned.notBefore: is no instant, must be a date and a time of UTC",
      "error .selfSigned.notAfter: is no instant, must be a date and a time of UTC",
    ],
  ],
  [
    { selfSigned: { notBefore: "2026-02-30T00:00:00Z" } },
    ["error .selfSigned.notBefore: is no instant, must be a date and a time of UTC"],
  ],
  [
    { selfSigned: { notAfter: "2027-12-01T00:00:00+01:00" } },
    ["error .selfSigned.notAfter: is no instant, must be a date and a time of UTC"],
  ],
];

test.each(WRONG)("checkCertificate() finds in %j what is wrong", (certificate, rules) => {
  expect(found(certificate)).toEqual(rules.map((rule) => rule.replace(" ", ` ${AT}`)));
});

test("checkCertificate() checks the names of content and secret", () => {
  const rules = found({ pkcs12: { content: "My Cert", passwordSecret: "My Secret" } });
  expect(rules[0]).toMatch(/pkcs12\.content: is "My Cert", must be/);
  expect(rules[1]).toMatch(/pkcs12\.passwordSecret: is not the name of a secret/);
});

test("checkCertificate() wants a password, because a private key is never in the open", () => {
  const rule = `error ${AT}: needs a password: its private key lies in the sealed settings only`;
  for (const certificate of [
    { selfSigned: {} },
    { pkcs12: { content: "hq-cert", passwordSecret: "media/hq-pfx" } },
  ])
    expect(foundIn({ security: { certificate } })).toEqual([rule]);
});

function found(certificate: unknown): readonly string[] {
  return foundIn({ security: { password: { secret: "media/hq" }, certificate } });
}
