import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Result } from "@stickfarm/common/result";
import type { Io } from "./io.ts";

/** What commands are built on: they give back what the process exits with, or the problem that decides it. */
export type Shell = {
  readonly io: Io;
  readonly run: (command: CommandUnknownOpts, body: Body) => Promise<void>;
};

type Body = (answer: { readonly json: boolean }) => Promise<Result<number>>;

type CommandText = {
  readonly name: string;
  /** The first line stands alone in lists of commands. */
  readonly description: string;
  /** At least one whole command line that works. */
  readonly examples: readonly [string, ...string[]];
};

/** A command with what every command has: help with an example, errors that come back instead of ending the process. */
export function newCommand({ io }: Shell, { name, description, examples }: CommandText): Command {
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

/** For an option that may be given more than once: each adds to the list. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
