import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../support/free-port.ts";
import { runProgram } from "../support/run-program.ts";
import { runCommand } from "./run-command.ts";
import type { Scratch } from "./scratch.ts";

/** A controller with one agent, the built programs, as an operator starts them. */
export type Farm = AsyncDisposable & {
  readonly agentPid: number;
  /** Run `stickfarm` to its end, which must be a success. */
  readonly run: (...args: string[]) => Promise<void>;
  readonly writeFile: (name: string, text: string) => Promise<void>;
};

export const AGENT = "ws-1";

const ROOT = new URL("../../../", import.meta.url);
const STICKFARM = fileURLToPath(new URL("controller/bin/stickfarm.mjs", ROOT));
const STICKFARM_AGENT = fileURLToPath(new URL("agent/bin/stickfarm-agent.mjs", ROOT));

/** Start a farm whose agent offers files of this size as drives, in bays 1 and up. */
export async function openFarm(
  scratch: Scratch,
  drives: { readonly count: number; readonly sizeBytes: number },
): Promise<Farm> {
  const cwd = join(scratch.diskFolder, "farm");
  await mkdir(cwd);
  const env = {
    ...process.env,
    STICKFARM_DATA: join(cwd, "controller"),
    STICKFARM_CONFIG: join(cwd, "controller", "operator.yaml"),
  };
  const place = { scratch, options: { cwd, env } };
  const address = `127.0.0.1:${await freePort()}`;
  const stickfarm = (...args: string[]) =>
    runProgram(process.execPath, [STICKFARM, ...args], place.options);
  await stickfarm("init", "--listen", address);
  const controller = await startUntilReady(place, [STICKFARM, "serve", "--listen", address]);
  await writeFile(join(cwd, "token"), await stickfarm("agent", "token", "create", "--name", AGENT));
  const enroll = ["enroll", "--data", AGENT, "--controller", address, "--token-file", "token"];
  await runProgram(process.execPath, [STICKFARM_AGENT, ...enroll], place.options);
  const offered = Array.from({ length: drives.count }, (_, index) => [
    "--virtual-drive",
    `file=drive-${index + 1}.img,size=${drives.sizeBytes},serial=D${index + 1},bay=${index + 1}`,
  ]);
  const run = [STICKFARM_AGENT, "run", "--data", AGENT, ...offered.flat()];
  const agent = await startUntilReady(place, run);
  return {
    agentPid: agent.pid,
    run: (...args) => runCommand(scratch, process.execPath, [STICKFARM, ...args], place.options),
    writeFile: (name, text) => writeFile(join(cwd, name), text),
    [Symbol.asyncDispose]: async () => {
      await agent.end();
      await controller.end();
    },
  };
}

type Place = {
  readonly scratch: Scratch;
  readonly options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
};

type Running = { readonly pid: number; readonly end: () => Promise<void> };

async function startUntilReady(
  { scratch: { undo }, options }: Place,
  args: readonly string[],
): Promise<Running> {
  const child = spawn(process.execPath, [...args], {
    ...options,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = (): void => {
    child.kill("SIGTERM");
  };
  undo.add(stop);
  await waitUntilReady(child);
  if (child.pid === undefined) throw new Error(`${args.join(" ")} did not start`);
  return {
    pid: child.pid,
    end: async () => {
      stop();
      await exited;
      undo.delete(stop);
    },
  };
}

/** Its stdout goes on being read, so that it never waits for us. */
function waitUntilReady(child: ChildProcess): Promise<void> {
  const { stdout } = child;
  if (stdout === null) throw new Error("A pipe was asked for");
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on("line", (line) => {
      if (line.startsWith("ready")) resolve();
    });
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`${child.spawnargs[1]} ended with ${code}`)));
  });
}
