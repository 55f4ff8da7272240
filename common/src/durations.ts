import { fail, ok, type Result } from "./result.ts";

/** The one place where milliseconds turn into words and back. */
export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const FACTORS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/** "12s", "3m 47s", "2h 05m", "3d 04h": two units, the smaller one with two digits, so that a countdown keeps its width. */
export function renderDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / SECOND_MS));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days}d ${twoDigits(hours % 24)}h`;
  if (hours > 0) return `${hours}h ${twoDigits(minutes % 60)}m`;
  if (minutes > 0) return `${minutes}m ${twoDigits(seconds % 60)}s`;
  return `${seconds}s`;
}

/** What something took: tenths below ten seconds, where whole seconds would say nothing. */
export function renderElapsed(durationMs: number): string {
  const isShort = durationMs >= 0 && durationMs < 9_950;
  return isShort ? `${(durationMs / SECOND_MS).toFixed(1)}s` : renderDuration(durationMs);
}

/** "90s", "15m", "24h", "7d": a whole number with its unit, in milliseconds. */
export function parseDuration(text: string): Result<number> {
  const match = /^(\d+)\s*([smhd])$/.exec(text.trim());
  const factor = FACTORS[match?.[2] ?? ""];
  const durationMs = Number(match?.[1]) * (factor ?? Number.NaN);
  if (Number.isSafeInteger(durationMs) && durationMs > 0) return ok(durationMs);
  return fail({
    code: "usage",
    detail: `Cannot read the duration "${text}": it must be a whole number, at least 1, with s, m, h or d`,
  });
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
