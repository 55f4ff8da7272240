import { join } from "node:path";
import { onTestFailed, onTestFinished } from "vitest";
import { type Program, type ProgramOptions, spawnCommand } from "../../support/processes.ts";

export const ROOT = join(import.meta.dirname, "../../..");

/** A PATH on which `stickfarm` and `stickfarm-agent` are what `npx` finds in the clone. */
export const CLONE_PATH = [
  join(ROOT, "node_modules/.bin"),
  process.env["PATH"] ?? "",
  "/usr/sbin",
  "/sbin",
].join(":");

/** Start a line as a user types it into a shell. What it started goes with the test. */
export function startLine(line: string, options: ProgramOptions): Program {
  const program = spawnCommand("/bin/sh", ["-c", line], options);
  onTestFinished(async () => {
    await program.end();
  });
  onTestFailed(() => {
    process.stderr.write(`\n--- ${line}\n${program.stdout()}${program.stderr()}\n`);
  });
  return program;
}
