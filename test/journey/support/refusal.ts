import { expect } from "vitest";
import type { Ended } from "../../support/processes.ts";

export type Refusal = {
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  readonly exit: number;
};

/** The problem with which a command of `-o json` ended; its exit status must be the problem's. */
export function refusalOf({ code, stdout, stderr }: Ended): Refusal {
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  if (!last.startsWith("{"))
    throw new Error(`No problem as JSON (status ${code}): ${stdout}${stderr}`);
  const refusal = JSON.parse(last) as Refusal;
  expect(refusal.exit, refusal.detail).toBe(code);
  expect(refusal.remedy).not.toBe("");
  return refusal;
}
