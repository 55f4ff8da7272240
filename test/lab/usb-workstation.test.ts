/** The workstation suite: tests that plug and unplug sticks, run inside machines of their own. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingPrograms } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { findKernel, runWorkstation } from "./workstation/run-workstation.ts";

const LIMIT_MS = 850_000;
const LAST_WORDS = 6000;
/** That the tests inside judge and break sticks by. */
const NEEDED = ["xz", "dmsetup", "losetup", "mkfs.fat", "fsck.fat", "mcopy"];
const SUITE = join(import.meta.dirname, "../workstation");
/** A kernel has one processor: these files run on a second one, beside the others; together each takes about half. */
const ON_SECOND = ["pulled.test.ts", "usb-sticks.test.ts"];

type Results = {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    /** Why none of its tests could begin. */
    readonly message: string;
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
  const missing = missingPrograms(...NEEDED);
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const files = (await readdir(SUITE)).filter((name) => name.endsWith(".test.ts"));
  const first = files.filter((name) => !ON_SECOND.includes(name));
  const directory = await tempDirectory();
  const halves = await Promise.all(
    [first, ON_SECOND].map((half, index) => runHalf(kernel, join(directory, `${index}`), half)),
  );
  process.stdout.write(halves.map(({ record }) => record).join(""));
  expect(halves.flatMap(({ failures }) => failures)).toEqual([]);
  expect(halves.flatMap(({ ran }) => ran).sort()).toEqual(files.sort());
});

type Half = {
  readonly failures: readonly string[];
  /** Names of files of which at least one test passed. */
  readonly ran: readonly string[];
  /** What the tests wrote down: fault, outcome, time. */
  readonly record: string;
};

async function runHalf(kernel: string, share: string, files: readonly string[]): Promise<Half> {
  await mkdir(share);
  const script = [
    "export STICKFARM_WORKSTATION=/mnt HOME=/tmp CI=1 NO_COLOR=1",
    "node node_modules/vitest/vitest.mjs run --project workstation --reporter=verbose --reporter=json \\",
    `  --outputFile.json=/mnt/results.json ${files.map((name) => `test/workstation/${name}`).join(" ")}`,
  ].join("\n");
  const { printed, end } = await runWorkstation({ share, script, kernel, limitMs: LIMIT_MS });
  const record = await readFile(join(share, "record.txt"), "utf8").catch(() => "");
  const text = await readFile(join(share, "results.json"), "utf8").catch(() => null);
  const lastWords = `The workstation ${end}. Its last words:\n${printed.slice(-LAST_WORDS)}`;
  if (text === null) return { failures: [`No results. ${lastWords}`], ran: [], record };
  const { testResults } = JSON.parse(text) as Results;
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => [
    ...(status === "failed" && message !== "" ? [`${name}: ${message}`] : []),
    ...assertionResults
      .filter((one) => one.status === "failed")
      .map(({ fullName, failureMessages }) => [fullName, ...failureMessages].join("\n")),
  ]);
  const ran = testResults
    .filter(({ assertionResults }) => assertionResults.some(({ status }) => status === "passed"))
    .map(({ name }) => name.slice(name.lastIndexOf("/") + 1));
  const deaths = end === "in order" ? [] : [lastWords];
  return { failures: [...failures, ...deaths], ran, record };
}
