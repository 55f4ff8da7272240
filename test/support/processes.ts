import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFailed, onTestFinished } from "vitest";
import { waitFor } from "./wait-for.ts";

const ROOT = join(import.meta.dirname, "../..");
const END_LIMIT_MS = 15_000;
const LINES_SHOWN = 60;

export const PROGRAMS = {
  stickfarm: join(ROOT, "controller/bin/stickfarm.mjs"),
  "stickfarm-agent": join(ROOT, "agent/bin/stickfarm-agent.mjs"),
} as const;

export type ProgramName = keyof typeof PROGRAMS;

export type ProgramOptions = {
  readonly cwd: string;
  /** Added to PATH, HOME (= cwd) and locale; nothing else of the tester's environment reaches a program. */
  readonly env?: Readonly<Record<string, string>>;
  /** Given to stdin, which is closed after it. */
  readonly input?: string;
};

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A running program with all that it started: they are one process group. */
export type Program = {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The first line of either output that matches, past or to come. */
  readonly waitForLine: (pattern: RegExp, limitMs?: number) => Promise<string>;
  /** Send a signal to the program alone, as a crash or an operator would. */
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
  /** End it as an operator would (SIGTERM), or by force when it does not obey; whatever it left behind goes too. */
  readonly end: () => Promise<Ended>;
  /** Whether the program or anything that it started still runs. */
  readonly isAlive: () => boolean;
};

/**
 * Start one of the built programs. When the test ends, in whichever way, it and all its children are gone; when the test
 * fails, its last lines are shown. Only inside a test.
 */
export function startProgram(
  name: ProgramName,
  args: readonly string[],
  options: ProgramOptions,
): Program {
  const program = spawnProgram([PROGRAMS[name], ...args], options);
  onTestFinished(async () => {
    await program.end();
  });
  onTestFailed(() => {
    process.stderr.write(`\n--- ${name} ${args.join(" ")}\n${lastLines(program)}\n`);
  });
  return program;
}

/** As startProgram(), for any script, and for callers that end it themselves. It goes with this process at the latest. */
export function spawnProgram(script: readonly string[], options: ProgramOptions): Program {
  return spawnCommand(process.execPath, script, options);
}

/** As spawnProgram(), for a command that is no script of Node. */
export function spawnCommand(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Program {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: environment(options),
    stdio: "pipe",
    detached: true,
  });
  const program = watch(child);
  // A program that ends without reading its input is no failure of the test.
  child.stdin.on("error", () => undefined).end(options.input);
  const killAtExit = (): void => killGroup(program.pid);
  process.once("exit", killAtExit);
  void program.ended.then(() => process.off("exit", killAtExit));
  return program;
}

/** Run one of the built programs to its end. */
export async function runToEnd(
  name: ProgramName,
  args: readonly string[],
  { limitMs = 120_000, ...options }: ProgramOptions & { readonly limitMs?: number },
): Promise<Ended> {
  const program = startProgram(name, args, options);
  const ended = await Promise.race([program.ended, after(limitMs)]);
  if (ended !== null) return ended;
  throw new Error(`${name} ${args.join(" ")} did not end in ${limitMs} ms\n${lastLines(program)}`);
}

function watch(child: ChildProcessWithoutNullStreams): Program {
  const { pid } = child;
  if (pid === undefined) throw new Error(`This did not start: ${child.spawnargs.join(" ")}`);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const exited = new Promise<true>((resolve) => child.once("exit", () => resolve(true)));
  return {
    pid,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    signal: (signal) => {
      child.kill(signal);
    },
    isAlive: () => groupIsAlive(pid),
    waitForLine: (pattern, limitMs = 30_000) =>
      waitFor(
        `a line like ${pattern}`,
        () => `${stdout}\n${stderr}`.split("\n").find((line) => pattern.test(line)),
        { limitMs, everyMs: 20, seen: () => `${stdout}\n${stderr}`.slice(-2000) },
      ),
    end: async () => {
      child.kill("SIGTERM");
      await Promise.race([exited, after(END_LIMIT_MS)]);
      killGroup(pid);
      await waitFor(`the end of process group ${pid}`, () => !groupIsAlive(pid), { everyMs: 5 });
      return await ended;
    },
  };
}

function environment({ cwd, env }: ProgramOptions): Record<string, string> {
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  return { PATH: path, HOME: cwd, LANG: "C.UTF-8", TZ: "UTC", ...env };
}

/** Zombies do not count: who reaps an orphan, and when, is the business of the machine's first process. */
function groupIsAlive(group: number): boolean {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      const [state, , processGroup] = readStat(pid);
      return Number(processGroup) === group && state !== "Z" && state !== "X";
    });
}

/** State, parent and process group, from behind the name, which may hold blanks. Source: proc(5). */
function readStat(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  } catch {
    return [];
  }
}

function killGroup(group: number): void {
  try {
    if (groupIsAlive(group)) process.kill(-group, "SIGKILL");
  } catch {
    // It ended between the look and the kill.
  }
}

function lastLines(program: Program): string {
  const lines = `${program.stdout()}${program.stderr()}`.trimEnd().split("\n");
  return lines.slice(-LINES_SHOWN).join("\n");
}

function after(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), ms).unref();
  });
}
