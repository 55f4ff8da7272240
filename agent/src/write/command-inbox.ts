import type { Readable } from "node:stream";
import { invariant } from "@stickfarm/common/invariant";
import { parseCommand, type WriterCommand, type WriterOrder } from "./writer-protocol.ts";

/** What the agent said so far. */
export type CommandInbox = {
  readonly order: Promise<WriterOrder>;
  readonly begun: Promise<"begin">;
  readonly sealed: Promise<"seal">;
  readonly stopped: Promise<"stop">;
  /** Aborted as soon as the agent says stop, unless it has said seal. */
  readonly signal: AbortSignal;
};

/**
 * Listen to the agent, one command a line.
 *
 * `onEnd` is called when the agent is gone or wants no more: its end of the pipe is closed.
 */
export function openCommandInbox(stdin: Readable, onEnd: () => void): CommandInbox {
  const controller = new AbortController();
  const order = deferred<WriterOrder>();
  const begun = deferred<"begin">();
  const sealed = deferred<"seal">();
  const stopped = deferred<"stop">();

  let isSealing = false;
  const take = (command: WriterCommand): void => {
    if (command.kind === "order") order.resolve(command.order);
    if (command.kind === "begin") begun.resolve("begin");
    if (command.kind === "seal") {
      isSealing = true;
      sealed.resolve("seal");
    }
    if (command.kind === "stop" && !isSealing) {
      controller.abort();
      stopped.resolve("stop");
    }
  };

  let rest: string[] = [];
  stdin.setEncoding("utf8");
  stdin.on("data", (text: string) => {
    const lines = text.split("\n");
    for (const [index, line] of lines.entries()) {
      rest.push(line);
      if (index === lines.length - 1) break;
      const whole = rest.join("");
      rest = [];
      take(parseCommand(whole));
    }
  });
  stdin.on("end", onEnd);
  stdin.on("error", onEnd);
  return {
    order: order.promise,
    begun: begun.promise,
    sealed: sealed.promise,
    stopped: stopped.promise,
    signal: controller.signal,
  };
}

function deferred<Value>(): {
  readonly promise: Promise<Value>;
  readonly resolve: (v: Value) => void;
} {
  let settle: ((value: Value) => void) | undefined;
  const promise = new Promise<Value>((resolve) => {
    settle = resolve;
  });
  invariant(settle !== undefined, "a promise calls its executor at once");
  return { promise, resolve: settle };
}
