import { MINUTE_MS, renderDuration } from "../durations.ts";
import type { Problem } from "../problem.ts";

/** A stick that was right when somebody looked may be another one, or may be needed, when they come back from lunch. */
export const CONSENT_MAX_MS = 30 * MINUTE_MS;

export type AgingConsent = {
  readonly agent: string;
  readonly consent: { readonly bay: string; readonly serial: string };
  /** When the operator said yes, or yes again. */
  readonly consentedAtMs: number;
};

/**
 * Why it is too late to begin to erase this drive; `null` while the consent to it is young enough. What has begun goes on.
 *
 * Problems: consent_expired.
 */
export function whyConsentExpired(given: AgingConsent, nowMs: number): Problem | null {
  const ageMs = nowMs - given.consentedAtMs;
  if (ageMs <= CONSENT_MAX_MS) return null;
  const { bay, serial } = given.consent;
  const detail = `Cannot erase drive "${serial}" in bay "${given.agent}/${bay}": the consent to it is ${renderDuration(ageMs)} old, it must be at most ${renderDuration(CONSENT_MAX_MS)}`;
  return { code: "consent_expired", detail };
}
