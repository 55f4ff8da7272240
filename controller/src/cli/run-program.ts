import { CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { PROBLEMS, type Problem } from "@stickfarm/common/problem";
import type { Result } from "@stickfarm/common/result";
import type { Controller } from "./connect/controller.ts";
import { OUTPUT_FORMATS, type OutputFormat } from "./output/render-document.ts";
import { createProgram } from "./program.ts";
import type { Io } from "./shell/io.ts";
import { resolvePaths } from "./shell/resolve-paths.ts";
import { renderFailure, type Session } from "./shell/session.ts";
import type { Shell } from "./shell/shell.ts";
import { readLook } from "./shell/terminal.ts";

/** What the program is wired to. */
export type Services = {
  readonly openController: (configFile: string) => Promise<Result<Controller>>;
};

/**
 * Run one command line to its end.
 *
 * Shape: the answer on stdout, all else on stderr; a problem is printed once, in three parts, or as JSON with `-o json`.
 *        Gives back the exit status: 0, or `PROBLEMS[code].exit`.
 */
export async function runProgram(
  args: readonly string[],
  io: Io,
  services: Services,
): Promise<number> {
  let status = 0;
  const shell = createShell(io, services, (ended) => {
    status = ended;
  });
  try {
    await createProgram(shell).parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // A command that only groups others prints its help to stderr.
    if (error instanceof CommanderError && error.code === "commander.help") return 2;
    const problem = toProblem(error);
    const stack = problem.code === "internal" && error instanceof Error ? `${error.stack}\n` : "";
    io.stderr.write(io.mask.apply(renderFailure(guessFormat(args), problem) + stack));
    return PROBLEMS[problem.code].exit;
  }
}

function createShell(io: Io, services: Services, end: (status: number) => void): Shell {
  const run: Shell["run"] = async (command, body) => {
    const session = openSession(io, command);
    const outcome = await body(session);
    if (!outcome.ok) io.stderr.write(io.mask.apply(renderFailure(session.format, outcome.problem)));
    end(outcome.ok ? outcome.value : PROBLEMS[outcome.problem.code].exit);
  };
  const askIfPossible: Shell["askIfPossible"] = (command, body) =>
    run(command, async (session) => {
      const controller = await services.openController(session.paths.configFile);
      try {
        return await body(session, controller);
      } finally {
        if (controller.ok) controller.value.close();
      }
    });
  const ask: Shell["ask"] = (command, body) =>
    askIfPossible(command, async (session, controller) =>
      controller.ok ? body(session, controller.value) : controller,
    );
  return { io, run, ask, askIfPossible };
}

function openSession(io: Io, command: CommandUnknownOpts): Session {
  const { output, color, config } = command.optsWithGlobals();
  const format = OUTPUT_FORMATS.find((known) => known === output) ?? "table";
  const configFile = typeof config === "string" ? config : undefined;
  return {
    io,
    format,
    color: color !== false && readLook(io.stdout, io.env).color,
    talkColor: color !== false && readLook(io.stderr, io.env).color,
    paths: resolvePaths({ ...io, configFile }),
  };
}

function toProblem(error: unknown): Problem {
  if (!(error instanceof CommanderError))
    return { code: "internal", detail: `Cannot go on: ${String(error)}`, cause: error };
  const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  return { code: "usage", detail: `Cannot read the command line: ${message}`, cause: error };
}

/** The command line could not be read, so what it says of the format is taken from its words. */
function guessFormat(args: readonly string[]): OutputFormat {
  const words = args.join(" ");
  return (
    OUTPUT_FORMATS.find((format) => new RegExp(`(-o|--output)[ =]?${format}`).test(words)) ??
    "table"
  );
}
