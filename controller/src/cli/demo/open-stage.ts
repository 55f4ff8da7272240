import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Session } from "../shell/session.ts";

/** Where the demo plays: programs started as an operator would start them, in a directory of their own. */
export type Stage = {
  readonly directory: string;
  readonly say: (text: string) => void;
  /** Run a command of `stickfarm` in front of the audience. Problems: build_failed with what the command said. */
  readonly run: (...args: string[]) => Promise<Result<void>>;
  /** The same behind the scenes: gives what it printed. */
  readonly ask: (...args: string[]) => Promise<Result<string>>;
  /** Run `stickfarm-agent` to its end. */
  readonly runAgentProgram: (...args: string[]) => Promise<Result<void>>;
  /** Start a service and wait for its line "ready". */
  readonly start: (program: ProgramName, ...args: string[]) => Promise<Result<void>>;
  /** End every service, by its own process, in reverse order. */
  readonly close: () => Promise<void>;
};

type ProgramName = "stickfarm" | "stickfarm-agent";

type StageOptions = {
  readonly session: Session;
  readonly directory: string;
  readonly signal: AbortSignal;
};

const READY_MAX_MS = 30_000;
const END_MAX_MS = 10_000;
const WORDS_MAX = 2000;

export function openStage({ session, directory, signal }: StageOptions): Stage {
  const services: ChildProcess[] = [];
  const env = {
    ...session.io.env,
    STICKFARM_DATA: join(directory, "farm"),
    STICKFARM_CONFIG: join(directory, "farm", "operator.yaml"),
  };
  const launch = (
    program: ProgramName,
    args: readonly string[],
    stdio: "inherit" | "pipe" | number,
  ) => {
    const [file, ...first] = commandOf(program);
    return spawn(file, [...first, ...args], {
      cwd: directory,
      env,
      stdio: ["ignore", stdio === "inherit" ? "inherit" : "pipe", stdio],
      signal,
    });
  };
  const say = (text: string) => session.io.stdout.write(`${text}\n`);
  const prompt = (program: ProgramName, args: readonly string[]) =>
    say(`\n$ ${[program, ...args].join(" ").replaceAll(`${directory}/`, "")}`);
  const finish = async (
    program: ProgramName,
    args: readonly string[],
    stdio: "inherit" | "pipe",
  ) => {
    const child = launch(program, args, stdio);
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (bytes: Buffer) => {
      stdout += bytes.toString();
    });
    child.stderr?.on("data", (bytes: Buffer) => {
      stderr = (stderr + bytes.toString()).slice(-WORDS_MAX);
    });
    const code = await exitOf(child);
    return code === 0
      ? ok(stdout)
      : failed(program, args, `exit status ${code}${stderr && `: ${stderr}`}`);
  };
  return {
    directory,
    say,
    run: async (...args) => {
      prompt("stickfarm", args);
      const ended = await finish("stickfarm", args, "inherit");
      return ended.ok ? ok(undefined) : ended;
    },
    ask: (...args) => finish("stickfarm", args, "pipe"),
    runAgentProgram: async (...args) => {
      prompt("stickfarm-agent", args);
      const ended = await finish("stickfarm-agent", args, "inherit");
      return ended.ok ? ok(undefined) : ended;
    },
    start: async (program, ...args) => {
      prompt(program, [...args, "&"]);
      const logPath = join(directory, `${services.length + 1}-${program}.log`);
      const log = openSync(logPath, "w");
      const child = launch(program, args, log);
      closeSync(log);
      services.push(child);
      const line = await readyLine(child);
      if (line === null)
        return failed(
          program,
          args,
          `it did not become ready: ${readFileSync(logPath, "utf8").slice(-WORDS_MAX)}`,
        );
      say(line);
      return ok(undefined);
    },
    close: async () => {
      for (const service of services.reverse()) await end(service);
    },
  };
}

/** The agent's program stands beside this one: both come with the same installation. */
function commandOf(program: ProgramName): readonly [string, ...string[]] {
  const own = process.argv[1];
  return program === "stickfarm" && own !== undefined ? [process.execPath, own] : [program];
}

function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.on("error", ({ message }) => resolve(message));
    child.on("close", (code, signal) => resolve(code ?? signal ?? 1));
  });
}

async function readyLine(child: ChildProcess): Promise<string | null> {
  if (child.stdout === null) return null;
  const lines = createInterface({ input: child.stdout });
  const failedToStart = new Promise<null>((resolve) => {
    child.on("error", () => resolve(null));
    child.on("exit", () => resolve(null));
    setTimeout(() => resolve(null), READY_MAX_MS).unref();
  });
  const first = once(lines, "line").then(([line]) => String(line));
  return Promise.race([first, failedToStart]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), END_MAX_MS);
  await ended;
  clearTimeout(force);
}

function failed(program: string, args: readonly string[], why: string): Result<never> {
  return fail({
    code: "build_failed",
    detail: `Cannot go on with the demo: "${[program, ...args].join(" ")}" failed with ${why}`,
  });
}
