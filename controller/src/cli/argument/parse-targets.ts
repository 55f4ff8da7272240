import { fail, ok, type Result } from "@stickfarm/common/result";

export type Target = {
  readonly agent: string;
  /** Empty = every bay of the agent. */
  readonly bay: string;
};

/**
 * "ws-1", "ws-1/2", "ws-1/front left". A target that is named twice is one target.
 *
 * Problems: usage, for the first that cannot be read, or when there is none.
 */
export function parseTargets(texts: readonly string[]): Result<readonly Target[]> {
  if (texts.length === 0)
    return fail({
      code: "usage",
      detail: "Cannot tell which drives are meant: --on AGENT or --on AGENT/BAY must be given",
    });
  const targets: Target[] = [];
  for (const text of new Set(texts)) {
    const match = /^([^/\s]+)(?:\/(\S(?:.{0,30}\S)?))?$/.exec(text);
    if (match?.[1] === undefined)
      return fail({
        code: "usage",
        detail: `Cannot read the target "${text}": it must be AGENT or AGENT/BAY with a bay of 1 to 32 characters`,
      });
    targets.push({ agent: match[1], bay: match[2] ?? "" });
  }
  return ok(targets);
}
