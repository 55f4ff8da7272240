/** The workstation suite: tests that plug and unplug sticks, run inside a machine of their own. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDirectory } from "../support/temp-directory.ts";
import { findKernel, runWorkstation } from "./workstation/run-workstation.ts";

const LIMIT_MS = 1_500_000;

type Results = {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
};

test("the workstation suite passes on sticks of the kernel", {
  timeout: LIMIT_MS + 60_000,
}, async ({ skip }) => {
  const kernel = await findKernel();
  if (kernel === null) return skip("no lab kernel: `npm run lab:kernel` makes one");
  const share = await tempDirectory();
  const script = [
    "export STICKFARM_WORKSTATION=1 HOME=/tmp",
    "node node_modules/vitest/vitest.mjs run --project workstation --reporter=json --outputFile=/mnt/results.json",
  ].join("\n");
  const printed = await runWorkstation({ share, script, kernel, limitMs: LIMIT_MS });
  const text = await readFile(join(share, "results.json"), "utf8").catch(() => null);
  if (text === null) throw new Error(`The workstation gave no results. It printed:\n${printed}`);
  const results = JSON.parse(text) as Results;
  const tests = results.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status === "failed");
  expect(failed.map(({ fullName, failureMessages }) => [fullName, ...failureMessages])).toEqual([]);
  expect(tests.some(({ status }) => status === "passed")).toBe(true);
});
