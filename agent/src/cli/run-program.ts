import { CommanderError, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { PROBLEMS, type Problem } from "@stickfarm/common/problem";
import { renderProblem, renderProblemJson } from "@stickfarm/common/render-problem";
import { escapeUnsafe } from "@stickfarm/common/sanitize-text";
import { VERSION } from "@stickfarm/common/version";
import { drivesCommand } from "./drives.ts";
import { enrollCommand } from "./enroll.ts";
import type { Io } from "./io.ts";
import { runCommand } from "./run.ts";
import { newCommand, type Shell } from "./shell.ts";

/**
 * Run one command line to its end.
 *
 * Shape: the answer on stdout, all else on stderr; a problem is printed once, in three parts, or as JSON with `-o json`.
 *        Gives back the exit status: 0, or `PROBLEMS[code].exit`.
 */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  let status = 0;
  const shell: Shell = {
    io,
    run: async (command, body) => {
      const json = command.optsWithGlobals()["output"] === "json";
      const outcome = await body({ json });
      if (!outcome.ok) io.stderr.write(io.mask.apply(renderFailure(outcome.problem, json)));
      status = outcome.ok ? outcome.value : PROBLEMS[outcome.problem.code].exit;
    },
  };
  try {
    await createProgram(shell).parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // A command that only groups others prints its help to stderr.
    if (error instanceof CommanderError && error.code === "commander.help") return 2;
    const problem = toProblem(error);
    const stack = problem.code === "internal" && error instanceof Error ? `${error.stack}\n` : "";
    io.stderr.write(io.mask.apply(renderFailure(problem, asksForJson(args)) + stack));
    return PROBLEMS[problem.code].exit;
  }
}

/** Every command of `stickfarm-agent`. */
export function createProgram(shell: Shell): CommandUnknownOpts {
  return newCommand(shell, {
    name: "stickfarm-agent",
    description: "Write sticks on this workstation, as its controller orders.",
    examples: ["stickfarm-agent run --virtual-drive 2GiB"],
  })
    .version(VERSION, "--version", "print the version")
    .addOption(
      new Option("-o, --output <format>", "form of the answer")
        .choices(["text", "json"])
        .default("text"),
    )
    .addCommand(enrollCommand(shell))
    .addCommand(runCommand(shell))
    .addCommand(drivesCommand(shell));
}

/** The command line could not be read, so what it says of the format is taken from its words. */
function asksForJson(args: readonly string[]): boolean {
  return /(^| )(-o|--output)[ =]?json( |$)/.test(args.join(" "));
}

function renderFailure(problem: Problem, json: boolean): string {
  if (!json) return `${renderProblem("stickfarm-agent", problem)}\n`;
  return `${escapeUnsafe(JSON.stringify(renderProblemJson(problem)))}\n`;
}

function toProblem(error: unknown): Problem {
  if (!(error instanceof CommanderError))
    return { code: "internal", detail: `Cannot go on: ${String(error)}`, cause: error };
  const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  return { code: "usage", detail: `Cannot read the command line: ${message}`, cause: error };
}
