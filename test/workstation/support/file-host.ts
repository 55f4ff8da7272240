import { afterAll, beforeEach } from "vitest";
import type { FarmHost } from "../../journey/support/farm.ts";
import { PROGRAMS, type Program, spawnProgram } from "../../support/processes.ts";
import { makeTempDirectory } from "../../support/temp-directory.ts";
import { runHere } from "./run-here.ts";

const LINES_SHOWN = 60;
/** A start takes 5 seconds on a machine with nothing else to do. */
const READY_LIMIT_MS = 180_000;

/**
 * Where a farm lives that all tests of a file use: its programs end and its directory goes after the last of them, and a
 * test that fails shows their last lines. Only at the top of a file.
 */
export function fileHost(): FarmHost {
  const programs = new Map<string, Program>();
  const removers: (() => Promise<void>)[] = [];
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      for (const [name, program] of programs) process.stderr.write(lastLines(name, program));
    });
  });
  afterAll(async () => {
    for (const program of programs.values()) await program.end();
    for (const remove of removers) await remove();
  });
  return {
    startProgram: (name, args, options) => {
      const program = spawnProgram([PROGRAMS[name], ...args], options);
      programs.set(`${name} ${program.pid}`, program);
      return program;
    },
    runCommand: runHere,
    readyLimitMs: READY_LIMIT_MS,
    makeDirectory: async () => {
      const { path, remove } = await makeTempDirectory();
      removers.push(remove);
      return path;
    },
  };
}

function lastLines(name: string, program: Program): string {
  const lines = `${program.stdout()}${program.stderr()}`.trimEnd().split("\n");
  return `\n--- ${name}\n${lines.slice(-LINES_SHOWN).join("\n")}\n`;
}
