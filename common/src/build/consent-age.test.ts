import { expect, test } from "vitest";
import { CONSENT_MAX_MS, whyConsentExpired } from "./consent-age.ts";

const GIVEN = { agent: "ws-1", consent: { bay: "1", serial: "A1" }, consentedAtMs: 1_000_000 };

test("whyConsentExpired() lets a consent stand for half an hour, to the millisecond", () => {
  expect(whyConsentExpired(GIVEN, 1_000_000)).toBeNull();
  expect(whyConsentExpired(GIVEN, 1_000_000 + CONSENT_MAX_MS)).toBeNull();
  expect(whyConsentExpired(GIVEN, 1_000_001 + CONSENT_MAX_MS)).toMatchObject({
    code: "consent_expired",
    detail: expect.stringMatching(/"A1" in bay "ws-1\/1".*30m 00s/),
  });
});

test("whyConsentExpired() takes a clock that was set back for no reason", () => {
  expect(whyConsentExpired(GIVEN, 0)).toBeNull();
});
