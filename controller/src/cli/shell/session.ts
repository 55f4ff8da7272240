import type { Problem } from "@stickfarm/common/problem";
import { renderProblem, renderProblemJson } from "@stickfarm/common/render-problem";
import { type OutputFormat, renderJsonLine, renderYaml } from "../output/render-document.ts";
import type { Io } from "./io.ts";
import type { Paths } from "./resolve-paths.ts";

/** What the body of a command works with: its process, its options for all, and what the program is wired to. */
export type Session = {
  readonly io: Io;
  readonly format: OutputFormat;
  /** Of the answer. */
  readonly color: boolean;
  /** Of what goes to stderr. */
  readonly talkColor: boolean;
  readonly paths: Paths;
};

/** A line for the person at the terminal, never part of the answer. */
export function say(session: Session, text: string): void {
  session.io.stderr.write(`${text}\n`);
}

/** A part of the answer. */
export function answer(session: Session, text: string): void {
  session.io.stdout.write(text);
}

export function renderFailure(format: OutputFormat, problem: Problem): string {
  switch (format) {
    case "table":
      return `${renderProblem("stickfarm", problem)}\n`;
    case "json":
      return renderJsonLine(renderProblemJson(problem));
    case "yaml":
      return renderYaml(renderProblemJson(problem));
  }
}
