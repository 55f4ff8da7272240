import { Command } from "@commander-js/extra-typings";
import type { Shell } from "./shell.ts";

export type CommandText = {
  readonly name: string;
  /** The first line stands alone in lists of commands. */
  readonly description: string;
  /** At least one whole command line that works. */
  readonly examples: readonly [string, ...string[]];
};

/** A command with what every command has: help with an example, errors that come back instead of ending the process. */
export function newCommand(shell: Shell, { name, description, examples }: CommandText): Command {
  const { io } = shell;
  const heading = examples.length === 1 ? "Example:" : "Examples:";
  return new Command(name)
    .summary(description.split("\n")[0] ?? "")
    .description(description)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Whoever called the program prints the error, in three parts or as JSON.
      outputError: () => undefined,
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText("after", ["", heading, ...examples.map((line) => `  $ ${line}`)].join("\n"));
}
