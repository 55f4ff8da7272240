import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Result } from "@stickfarm/common/result";
import type { Controller } from "../connect/controller.ts";
import type { Io } from "./io.ts";
import type { Session } from "./session.ts";

/**
 * What commands are built on. A command parses its arguments, asks, prints, and gives back what the process exits with;
 * how problems are printed and what is closed afterwards is decided here once.
 */
export type Shell = {
  readonly io: Io;
  readonly run: (command: CommandUnknownOpts, body: Body) => Promise<void>;
  /** The same with a channel to the controller, closed when the body has ended. */
  readonly ask: (command: CommandUnknownOpts, body: AskingBody) => Promise<void>;
  /** The same where an answer does not depend on it: the body is told why no channel could be opened. */
  readonly askIfPossible: (
    command: CommandUnknownOpts,
    body: (session: Session, controller: Result<Controller>) => Promise<Result<number>>,
  ) => Promise<void>;
};

/** Exit status, or the problem that decides it. */
type Body = (session: Session) => Promise<Result<number>>;

type AskingBody = (session: Session, controller: Controller) => Promise<Result<number>>;

/** What ends a process that was told to end by Ctrl-C: 128 + SIGINT. */
export const EXIT_INTERRUPTED = 130;
