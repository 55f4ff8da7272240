import { spawn } from "node:child_process";

export type ProgramName = "stickfarm" | "stickfarm-agent";

export type Launch = {
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** A program of ours that was started. */
export type Launched = {
  readonly command: string;
  readonly stdout: () => string;
  /** The end of it. */
  readonly stderr: () => string;
  /** Exit status, signal, or why it did not start. */
  readonly ended: Promise<string>;
  /** Null when it ended first, or said nothing in time. */
  readonly firstLine: (limitMs: number) => Promise<string | null>;
  /** SIGTERM; SIGKILL when that is not obeyed. */
  readonly end: () => Promise<void>;
};

const WORDS_MAX = 2000;
const END_MAX_MS = 15_000;
const LOOK_EVERY_MS = 20;

/**
 * Start a program in a process group of its own: a Ctrl-C at the terminal reaches the demo alone, which then ends what it
 * started, each once and in order. `signal` ends a program that has an end of its own.
 */
export function launch(
  { directory, env }: Launch,
  [program, ...args]: readonly [ProgramName, ...string[]],
  { shown, signal }: { readonly shown: boolean; readonly signal: AbortSignal | null },
): Launched {
  const [file, ...first] = commandOf(program);
  const child = spawn(file, [...first, ...args], {
    cwd: directory,
    env,
    detached: true,
    stdio: ["ignore", shown ? "inherit" : "pipe", shown ? "inherit" : "pipe"],
    ...(signal === null ? {} : { signal }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-WORDS_MAX);
  });
  let isOver = false;
  const ended = new Promise<string>((resolve) => {
    child.on("error", ({ message }) => resolve(message));
    child.on("close", (code, by) => resolve(String(code ?? by)));
  });
  void ended.then(() => {
    isOver = true;
  });
  return {
    command: [program, ...args].join(" "),
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    firstLine: async (limitMs) => {
      const untilMs = performance.now() + limitMs;
      while (!stdout.includes("\n") && !isOver && performance.now() < untilMs) await pause();
      return stdout.includes("\n") ? (stdout.split("\n")[0] ?? null) : null;
    },
    end: async () => {
      if (isOver) return;
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), END_MAX_MS);
      await ended;
      clearTimeout(force);
    },
  };
}

/** The agent's program stands beside this one: both come with the same installation. */
function commandOf(program: ProgramName): readonly [string, ...string[]] {
  const own = process.argv[1];
  return program === "stickfarm" && own !== undefined ? [process.execPath, own] : [program];
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}
