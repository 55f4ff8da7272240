import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { invariant } from "@stickfarm/common/invariant";
import type { Log } from "@stickfarm/common/log";
import { findProgram } from "@stickfarm/common/rim/tools";

/** A nats-server that takes clients. */
export type RunningServer = {
  readonly port: number;
  readonly pid: number;
  /** Settles when it has ended, by whatever cause, with its last words. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL when that takes too long. Settles when it has ended. */
  readonly stop: () => Promise<void>;
};

/** 40 ms on an idle machine. */
const READY_MAX_MS = 20_000;
const TERMINATE_MAX_MS = 5_000;

/** Source: nats-server server/server.go, AcceptLoop() and Start(); the same words since 2.0. */
const LISTENING = /Listening for client connections on .*:(\d+)$/;
const READY = /Server is ready$/;
/** "[1234] [ERR] words" with `logtime: false`, and "nats-server: words" of a configuration that it cannot use. */
const COMPLAINT = /^(?:\[\d+\] \[(?:WRN|ERR|FTL)\]|nats-server:) (.*)$/;

/**
 * Start a server and wait until it takes clients. Its complaints go to the log, nothing else of what it says.
 *
 * Throws with its last words when it ends before that, or says nothing for too long.
 */
export async function runNatsServer(
  log: Log,
  { program, configPath }: { readonly program: string; readonly configPath: string },
): Promise<RunningServer> {
  const [file, ...args] = await endWithUs([program, "-c", configPath]);
  const child = spawn(file, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: {},
  });
  invariant(child.stderr !== null, "its stderr was asked for as a pipe");
  const words = followWords(child.stderr, log);
  const ended = waitForEnd(child, words.last);
  const stop = (): Promise<void> => stopChild(child, ended);
  try {
    const port = await waitForReady(words.ready, ended);
    invariant(child.pid !== undefined, "what says that it is ready has a number");
    return { port, pid: child.pid, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The kernel ends the server when this process ends, also by SIGKILL, where util-linux' setpriv can ask it to. It becomes
 * the server, so the process is the same. Without it the next start of the controller stops what was left.
 */
async function endWithUs(
  command: readonly [string, ...string[]],
): Promise<readonly [string, ...string[]]> {
  const setpriv = await findProgram("setpriv", "");
  return setpriv === null ? command : [setpriv, "--pdeathsig", "TERM", ...command];
}

async function waitForReady(ready: Promise<number>, ended: Promise<string>): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const onTime = (): void => reject(new Error(`it was not ready within ${READY_MAX_MS} ms`));
    timer = setTimeout(onTime, READY_MAX_MS);
  });
  const died = ended.then((words) => Promise.reject(new Error(words)));
  try {
    return await Promise.race([ready, died, late]);
  } finally {
    clearTimeout(timer);
    // After the race nobody else hears of its end.
    died.catch(() => undefined);
  }
}

function followWords(stderr: Readable, log: Log) {
  let last = "";
  let port = 0;
  const ready = new Promise<number>((resolve) => {
    createInterface({ input: stderr }).on("line", (line) => {
      port = Number(LISTENING.exec(line)?.[1] ?? port);
      if (READY.test(line)) resolve(port);
      const text = COMPLAINT.exec(line)?.[1];
      if (text === undefined) return;
      last = text;
      log.warn({ text }, "nats-server complains");
    });
  });
  return { ready, last: () => last };
}

function waitForEnd(child: ChildProcess, lastWords: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    // "close" and not "exit": by then all its words have come.
    child.once("close", (code, signal) => {
      resolve(lastWords() || (signal === null ? `exit code ${code}` : `killed by ${signal}`));
    });
  });
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), TERMINATE_MAX_MS);
  await ended;
  clearTimeout(timer);
}
