import { fail, ok, type Result } from "@stickfarm/common/result";

export type BayName = {
  /** Empty: whichever agent has it. */
  readonly agent: string;
  readonly bay: string;
};

/**
 * "ws-1/2", "ws-1/front left", or "2" where one agent alone has such a bay.
 *
 * Problems: usage.
 */
export function parseBay(text: string): Result<BayName> {
  const match = /^(?:([^/\s]+)\/)?([^/\s](?:[^/]{0,30}[^/\s])?)$/.exec(text);
  if (match?.[2] !== undefined) return ok({ agent: match[1] ?? "", bay: match[2] });
  const detail = `Cannot read the bay "${text}": it must be BAY or AGENT/BAY with a bay of 1 to 32 characters`;
  return fail({ code: "usage", detail });
}
