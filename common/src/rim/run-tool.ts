import { type ChildProcess, spawn } from "node:child_process";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { invariant } from "../invariant.ts";
import { fail, ok, type Result } from "../result.ts";
import type { ByteSource } from "./byte-source.ts";
import { canceled, isCanceled } from "./cancel.ts";
import { fileProblem } from "./file-problem.ts";

export type ToolCommand = {
  /** First half of every problem's sentence: "Cannot expand "/x/y.xz"". */
  readonly doing: string;
  readonly path: string;
  readonly args: readonly string[];
  /** Becomes the program's standard input, so that no file name is taken for an option. */
  readonly inputPath: string | null;
  readonly signal: AbortSignal | undefined;
  /** The program is killed when it says nothing for so long while we wait for it. */
  readonly silenceMaxMs?: number;
};

/** A disk under load may pause for half a minute; four times that is taken for dead. */
const SILENCE_MAX_MS = 120_000;
/** Programs say what is wrong first and what might be done about it later. */
const WORDS_MAX_BYTES = 300;

/**
 * Run a program without a shell and hand on what it writes to standard output, at the pace at which it is taken.
 *
 * Its environment is PATH and the locale alone: its words are the same everywhere, and no XZ_OPT changes what it does.
 *
 * Problems: archive_unreadable with the program's first words when it fails, tool_failed when it cannot be started, is
 *           killed or falls silent, canceled, and those of opening the input.
 */
export async function* streamTool(command: ToolCommand): ByteSource {
  const { doing, signal, silenceMaxMs = SILENCE_MAX_MS } = command;
  const name = basename(command.path);
  if (isCanceled(signal)) return canceled(doing);
  const started = await startChild(command);
  if (!started.ok) return started.problem;
  const child = started.value;
  const watch = watchSilence(silenceMaxMs, child.kill);
  child.onWords(watch.heard);
  signal?.addEventListener("abort", child.kill);
  // It may have been stopped while the program was started.
  if (isCanceled(signal)) child.kill();
  try {
    yield* takeUnderWatch(child.output, watch);
    const failure = await child.ended;
    if (failure === null) return null;
    if (isCanceled(signal)) return canceled(doing);
    if (watch.hasBarked()) {
      const detail = `${doing}: "${name}" said nothing for ${silenceMaxMs} ms and was killed`;
      return { code: "tool_failed", detail };
    }
    const words = child.words() || failure.words;
    return { code: failure.code, detail: `${doing}: "${name}" says "${words}"` };
  } finally {
    signal?.removeEventListener("abort", child.kill);
    child.kill();
  }
}

/** Run a program for what it does, not for what it prints. Problems: as `streamTool()`. */
export async function runTool(command: ToolCommand): Promise<Result<void>> {
  const output = streamTool(command);
  for (;;) {
    const next = await output.next();
    if (next.done === true) return next.value === null ? ok(undefined) : fail(next.value);
  }
}

type Child = {
  readonly output: Readable;
  readonly onWords: (listener: () => void) => void;
  /** The beginning of what it wrote to standard error, on one line. */
  readonly words: () => string;
  /** When it has ended: `null`, or how it failed. */
  readonly ended: Promise<Failure | null>;
  readonly kill: () => void;
};

type Failure = { readonly code: "archive_unreadable" | "tool_failed"; readonly words: string };

async function startChild(command: ToolCommand): Promise<Result<Child>> {
  let input: FileHandle | null = null;
  try {
    input = command.inputPath === null ? null : await open(command.inputPath, "r");
    const child = spawn(command.path, [...command.args], {
      stdio: [input?.fd ?? "ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" },
    });
    invariant(
      child.stdout !== null && child.stderr !== null,
      "both outputs were asked for as pipes",
    );
    return ok(wrapChild(child, child.stdout, child.stderr));
  } catch (error) {
    return fail(fileProblem(command.doing, error));
  } finally {
    await input?.close();
  }
}

function wrapChild(child: ChildProcess, output: Readable, errors: Readable): Child {
  // When a program has ended, Node throws away what nobody listens for: this keeps it until it is read.
  output.on("readable", () => undefined);
  let words = Buffer.alloc(0);
  errors.on("data", (bytes: Buffer) => {
    words = Buffer.concat([words, bytes.subarray(0, WORDS_MAX_BYTES - words.length)]);
  });
  return {
    output,
    onWords: (listener) => errors.on("data", listener),
    words: () =>
      words
        .toString("utf8")
        .trim()
        .replaceAll(/\s*\n\s*/g, "; "),
    ended: new Promise((resolve) => {
      child.once("error", ({ message }) => resolve({ code: "tool_failed", words: message }));
      child.once("close", (code, signal) => resolve(readEnd(code, signal)));
    }),
    kill: () => {
      child.kill("SIGKILL");
    },
  };
}

/** A program that was killed, for want of memory perhaps, says nothing about the archive. */
function readEnd(code: number | null, signal: string | null): Failure | null {
  if (code === 0) return null;
  if (code === null) return { code: "tool_failed", words: `killed by ${signal}` };
  return { code: "archive_unreadable", words: `exit code ${code}` };
}

type Watch = {
  readonly begin: () => void;
  readonly heard: () => void;
  readonly end: () => void;
  readonly hasBarked: () => boolean;
};

function watchSilence(silenceMaxMs: number, bark: () => void): Watch {
  let barked = false;
  let timer: NodeJS.Timeout | undefined;
  const onTime = (): void => {
    barked = true;
    bark();
  };
  return {
    begin: () => {
      timer = setTimeout(onTime, silenceMaxMs);
    },
    heard: () => timer?.refresh(),
    end: () => clearTimeout(timer),
    hasBarked: () => barked,
  };
}

/** The watch runs only while we wait for the program, not while our reader is slow. */
async function* takeUnderWatch(
  output: AsyncIterable<Uint8Array>,
  watch: Watch,
): AsyncGenerator<Uint8Array> {
  watch.begin();
  try {
    for await (const bytes of output) {
      watch.end();
      yield bytes;
      watch.begin();
    }
  } finally {
    watch.end();
  }
}
