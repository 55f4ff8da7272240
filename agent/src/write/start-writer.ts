import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { findWriterProgram } from "./find-writer-program.ts";
import { READ_LANES } from "./work.ts";
import {
  parseEvent,
  renderCommand,
  type WriterCommand,
  type WriterEvent,
  type WriterOrder,
} from "./writer-protocol.ts";

/** A running writer; see writer-protocol.ts for the order of calls. */
export type Writer = {
  /** `undefined` when the process could not be started; `exited` tells why. */
  readonly pid: number | undefined;
  readonly begin: () => void;
  readonly seal: () => void;
  /** The writer stops at its next chunk and says `stopped`, unless it has been told to seal. */
  readonly stop: () => void;
  /** SIGKILL; a process that waits for a hung device outlives even that, and keeps its claim. */
  readonly kill: () => void;
  /** This process ends without waiting for it; while it runs, `exited` tells of the end as ever. */
  readonly leave: () => void;
  /** Never rejects. An exit without `sealed`, `failed` or `stopped` before it is a death. */
  readonly exited: Promise<WriterExit>;
};

export type WriterExit = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to stderr. */
  readonly lastWords: string;
};

const LAST_WORDS_MAX = 4096;

/**
 * A small heap, one thread in all for V8's own work, and no optimising of JavaScript, which only plans: all of that costs
 * more than it gives in a process of seconds. WebAssembly is optimised all the same.
 */
const NODE_FLAGS = [
  "--no-opt",
  "--max-semi-space-size=1",
  "--single-threaded-gc",
  "--v8-pool-size=1",
];

/** What Node is started with. Without an order it ends with its stdin. */
export function writerArguments(): string[] {
  return [...NODE_FLAGS, findWriterProgram()];
}

/**
 * Start the process that writes one drive. It lays out, says `ready` and waits for `begin`.
 *
 * `driveFd` is shared, not given away: exclusion lasts until both the agent and the writer have closed it.
 */
export function startWriter(options: {
  readonly order: WriterOrder;
  readonly driveFd: number;
  readonly onEvent: (event: WriterEvent) => void;
}): Writer {
  const child = spawn(process.execPath, writerArguments(), {
    stdio: ["pipe", "pipe", "pipe", options.driveFd],
    env: { UV_THREADPOOL_SIZE: String(READ_LANES + 1) },
  });
  const [stdin, stdout, stderr] = pipesOf(child);
  createInterface({ input: stdout }).on("line", (line) => {
    const event = parseEvent(line);
    if (event !== null) options.onEvent(event);
  });
  const send = (command: WriterCommand): void => {
    stdin.write(renderCommand(command));
  };
  // A dead writer breaks the pipe: `exited` tells of it.
  stdin.on("error", () => {});
  send({ kind: "order", order: options.order });
  return {
    pid: child.pid,
    begin: () => send({ kind: "begin" }),
    seal: () => send({ kind: "seal" }),
    stop: () => send({ kind: "stop" }),
    kill: () => {
      child.kill("SIGKILL");
    },
    leave: () => {
      child.unref();
      for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
    },
    exited: waitForExit(child, stderr),
  };
}

function waitForExit(child: ChildProcess, stderr: Readable): Promise<WriterExit> {
  let lastWords = "";
  stderr.setEncoding("utf8");
  stderr.on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_MAX);
  });
  return new Promise((resolve) => {
    child.on("error", ({ message }) => {
      resolve({ exitCode: null, signal: null, lastWords: message });
    });
    // "close" and not "exit": by then all its events have come.
    child.on("close", (exitCode, signal) => resolve({ exitCode, signal, lastWords }));
  });
}

function pipesOf(child: ChildProcess): readonly [Writable, Readable, Readable] {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error("Pipes were asked for");
  return [stdin, stdout, stderr];
}
