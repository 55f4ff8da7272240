import { PassThrough } from "node:stream";
import { createSecretMask } from "@stickfarm/common/rim/secret-mask";
import type { InputStream, Io } from "./shell/io.ts";

/** For tests: a process that keeps what was printed. */
export type TestIo = {
  readonly io: Io;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** What SIGINT would do. */
  readonly interrupt: () => void;
};

export type TestIoFields = Partial<Io> & {
  readonly terminal?: boolean;
  /** At once, or one answer to each question. */
  readonly typed?: string | readonly string[];
};

const NOW_MS = Date.UTC(2026, 10, 22, 9, 0, 0);

export function makeIo({ terminal = false, typed, ...fields }: TestIoFields = {}): TestIo {
  const listeners = new Set<() => void>();
  const stdout = collect(terminal);
  const stderr = collect(terminal);
  const stdin = makeInput(typeof typed === "string" ? typed : undefined, terminal);
  if (typeof typed === "object") answerOneByOne(stderr.stream, stdin, typed);
  let ids = 0;
  const io: Io = {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    mask: createSecretMask(),
    env: { LANG: "C.UTF-8" },
    homeDirectory: "/nonexistent",
    isRoot: false,
    nowMs: () => NOW_MS,
    newId: () => `01JD${String(++ids).padStart(22, "0")}`,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...fields,
  };
  const interrupt = () => {
    for (const listener of listeners) listener();
  };
  return { io, stdout: stdout.text, stderr: stderr.text, interrupt };
}

function makeInput(typed: string | undefined, terminal: boolean): InputStream & PassThrough {
  const stream = new PassThrough();
  if (typed !== undefined) stream.write(typed);
  if (!terminal) stream.end();
  return Object.assign(stream, { isTTY: terminal, setRawMode: () => undefined });
}

/** Questions end in ": ". */
function answerOneByOne(
  questions: PassThrough,
  stdin: InputStream & PassThrough,
  answers: readonly string[],
): void {
  const left = [...answers];
  questions.on("data", (chunk: string) => {
    if (chunk.endsWith(": ")) stdin.write(left.shift() ?? "");
  });
}

function collect(terminal: boolean) {
  let text = "";
  const stream = new PassThrough();
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return {
    stream: Object.assign(stream, { isTTY: terminal, columns: 108, rows: 30 }),
    text: () => text,
  };
}
