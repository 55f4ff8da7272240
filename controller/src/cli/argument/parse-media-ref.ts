import { fail, ok, type Result } from "@stickfarm/common/result";

export type MediaRef = {
  readonly name: string;
  /** 0 = newest. */
  readonly revision: number;
};

/** "hq-bare-metal", "hq-bare-metal@3". Whether there is such a thing is for the controller to say. */
export function parseMediaRef(text: string): Result<MediaRef> {
  const match = /^([^@\s]+)(?:@([1-9]\d{0,8}))?$/.exec(text);
  if (match?.[1] !== undefined) return ok({ name: match[1], revision: Number(match[2] ?? 0) });
  return fail({
    code: "usage",
    detail: `Cannot read the media "${text}": it must be NAME or NAME@REVISION with a revision from 1`,
  });
}
