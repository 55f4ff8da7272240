import { expect, test } from "vitest";
import { foundIn } from "./test-findings.ts";

const ONE = [{ url: "http://mp1.example.net:80" }];
const TWO = [...ONE, { url: "http://mp2.example.net:80" }];
const AT = "spec.management";

test.each([
  { mode: "dynamic", managementPoints: TWO },
  { mode: "siteBased", siteCode: "P01", managementPoints: ONE },
  { mode: "dynamic", managementPoints: [{ url: "https://[2001:db8::1]:8443/" }] },
  { mode: "siteBased", internet: true, managementPoints: [{ url: "https://cmg.example.net" }] },
  { mode: "dynamic", internet: false, managementPoints: TWO },
])("checkManagement() finds nothing in %j", (management) => {
  expect(foundIn({ management })).toEqual([]);
});

test.each([
  [
    { mode: "dynamic", siteCode: "p01", managementPoints: ONE },
    `error ${AT}.siteCode: is not a site code, must be 3 characters of A-Z and 0-9`,
  ],
  [
    { mode: "dynamic", managementPoints: [] },
    `error ${AT}.managementPoints: is an empty list, must name a management point`,
  ],
  [
    { mode: "siteBased", managementPoints: TWO },
    `error ${AT}.managementPoints: has 2 management points, must have exactly 1 in mode siteBased`,
  ],
  [
    { mode: "dynamic", managementPoints: points(33) },
    `error ${AT}.managementPoints: has 33 management points, at most 32 are possible`,
  ],
  [
    { mode: "dynamic", managementPoints: [...ONE, { url: "HTTP://MP1.example.net/" }] },
    `error ${AT}.managementPoints[1].url: is the same as managementPoints[0]`,
  ],
  [
    { mode: "dynamic", internet: true, managementPoints: [{ url: "https://a" }] },
    `error ${AT}.internet: is true in mode dynamic, must be siteBased`,
  ],
  [
    { mode: "siteBased", internet: true, managementPoints: ONE },
    `error ${AT}.internet: is true with an http:// address, must be https://`,
  ],
])("checkManagement() finds in %j what is wrong", (management, found) => {
  expect(foundIn({ management })).toEqual([found]);
});

test.each([
  "mp1.example.net",
  "ftp://mp1",
  "http://",
  "http://a b",
  " http://a",
  "http://a:99999",
  `http://${"a".repeat(300)}`,
  "",
])("checkManagement() takes %j for no address", (url) => {
  const management = { mode: "dynamic", managementPoints: [{ url }] };
  expect(foundIn({ management })).toEqual([
    `error ${AT}.managementPoints[0].url: is no address, must begin with http:// or https:// and name a host`,
  ]);
});

test.each(["http://mp1/path", "http://mp1?x=1", "http://mp1/#x"])(
  "checkManagement() refuses what goes on after the host: %j",
  (url) => {
    const management = { mode: "dynamic", managementPoints: [{ url }] };
    expect(foundIn({ management })).toEqual([
      `error ${AT}.managementPoints[0].url: goes on after the host, must hold a host and a port only`,
    ]);
  },
);

test("checkManagement() refuses a password in an address and does not repeat it", () => {
  const url = "http://admin:canary-7c1f@mp1.example.net";
  const found = foundIn({ management: { mode: "dynamic", managementPoints: [{ url }] } });
  expect(found).toEqual([
    `error ${AT}.managementPoints[0].url: holds a user or a password, must hold a host and a port only`,
  ]);
});

test("checkManagement() wants a media password for the internet", () => {
  const management = {
    mode: "siteBased",
    internet: true,
    managementPoints: [{ url: "https://a" }],
  };
  expect(foundIn({ management, security: {} })).toContain(
    `error ${AT}.internet: is true without a media password, must have one`,
  );
});

test("checkManagement() wants addresses that fit the certificate", () => {
  const both = { mode: "dynamic", managementPoints: [...ONE, { url: "https://mp2" }] };
  const password = { secret: "media/hq" };
  const selfSigned = { password, certificate: { selfSigned: {} } };
  const pkcs12 = { password, certificate: { pkcs12: { content: "c", passwordSecret: "p" } } };
  expect(foundIn({ management: both, security: selfSigned })).toContain(
    `error ${AT}.managementPoints[1].url: begins with https://, must begin with http:// for a selfSigned certificate`,
  );
  expect(foundIn({ management: both, security: pkcs12 })).toContain(
    `error ${AT}.managementPoints[0].url: begins with http://, must begin with https:// for a pkcs12 certificate`,
  );
  const gateway = { mode: "siteBased", internet: true, managementPoints: [{ url: "https://cmg" }] };
  const found = foundIn({ management: gateway, security: selfSigned });
  expect(found.filter((text) => text.includes(AT))).toEqual([]);
});

function points(count: number): readonly { readonly url: string }[] {
  return Array.from({ length: count }, (_, index) => ({ url: `http://mp${index}` }));
}
