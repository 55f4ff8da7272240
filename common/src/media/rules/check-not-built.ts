import type { BootableMediaDraft } from "../definition-shape.ts";
import { type Finding, type FindingPath, findingAt, renderPath } from "../finding.ts";

/**
 * Fields of the contract that this version cannot make. They are refused by name, so that nobody gets a stick that
 * silently lacks what its definition says. A row is removed in the change that builds its field.
 */
const ROWS: readonly NotBuilt[] = [
  {
    at: ["spec", "output", "usb", "oversizeFiles"],
    what: "split a WIM file of 4 GiB or more",
    remedy: "Write reject, or leave it out",
    isUsed: ({ spec }) => spec?.output?.usb?.oversizeFiles === "splitWim",
  },
];

type NotBuilt = {
  readonly at: FindingPath;
  /** "this version cannot ..." */
  readonly what: string;
  readonly remedy?: string;
  readonly isUsed: (draft: BootableMediaDraft) => boolean;
};

export function checkNotBuilt(draft: BootableMediaDraft): readonly Finding[] {
  return ROWS.filter(({ isUsed }) => isUsed(draft)).map(({ at, what, remedy }) =>
    notBuilt(at, what, remedy ?? `Leave ${renderPath(at)} out`),
  );
}

function notBuilt(at: FindingPath, what: string, remedy: string): Finding {
  const rule = `is not built yet: this version cannot ${what}`;
  return findingAt("field-not-built", at, rule, remedy);
}
