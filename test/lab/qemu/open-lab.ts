import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type FarmHost, startFarm, type TestFarm } from "../../journey/support/farm.ts";
import { type Program, type ProgramName, spawnProgram } from "../../support/processes.ts";
import { runProgram } from "../../support/run-program.ts";
import { waitFor } from "../../support/wait-for.ts";
import { type AgentSize, parseSize, watchSizeScript } from "./agent-health.ts";
import { type Hub, openHub } from "./hub.ts";
import { makeInitrd } from "./make-initrd.ts";
import { HOST_ADDRESS, type Machine, runMachine } from "./run-machine.ts";

/** A controller on this machine, and its agent on a virtual workstation with a hub that sticks are plugged into. */
export type Lab = {
  readonly folder: string;
  readonly farm: TestFarm;
  readonly machine: Machine;
  readonly hub: Hub;
  /** Start `stickfarm`, which ends by itself. */
  readonly startCommand: (...args: readonly string[]) => Program;
  readonly say: (line: string) => void;
  /** What the agent has logged. */
  readonly agentLog: () => Promise<string>;
  /** What the agent holds after this moment. */
  readonly agentSize: () => Promise<AgentSize>;
  readonly close: () => Promise<void>;
};

export const AGENT = "ws-1";

// From test/dist/lab/qemu.
const ROOT = join(import.meta.dirname, "../../../..");
const HERE = join(ROOT, "test/lab/qemu");
const PROGRAMS = {
  stickfarm: join(ROOT, "controller/bin/stickfarm.mjs"),
  "stickfarm-agent": join(ROOT, "agent/bin/stickfarm-agent.mjs"),
} as const satisfies Record<ProgramName, string>;
const MEMORY_MIB = 1536;
const READY_LIMIT_MS = 60_000;
const AGENT_READY_LIMIT_MS = 300_000;
const SIZE_LIMIT_MS = 60_000;

export async function openLab(folder: string, say: (line: string) => void): Promise<Lab> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const kernel = join(cache, "stickfarm/lab/qemu");
  await runProgram("sh", [join(HERE, "get-kernel.sh"), kernel]);
  const modules = join(kernel, "modules");
  const initrd = await makeInitrd({ modules, init: join(HERE, "init.sh") }, folder);
  const share = join(folder, "share");
  await mkdir(share);
  const host = hostIn(folder);
  const farm = await startFarm({ agents: {}, host, initArgs: ["--host", HOST_ADDRESS] });
  await writeFile(
    join(share, "token"),
    await farm.must("agent", "token", "create", "--name", AGENT),
  );
  await writeFile(join(share, "run.sh"), agentScript(farm.address));
  const spec = { kernel: join(kernel, "vmlinuz"), initrd, share, folder, memoryMib: MEMORY_MIB };
  const machine = await runMachine(spec, say);
  const read = (name: string): Promise<string> => readFile(join(share, name), "utf8");
  const close = async (): Promise<void> => {
    await machine.end();
    await farm.controller().end();
  };
  try {
    await waitFor(
      "the agent in the machine",
      async () => (await read("agent.out")).includes("ready"),
      { limitMs: AGENT_READY_LIMIT_MS, everyMs: 500, seen: machine.console },
    );
  } catch (error) {
    await close();
    throw error;
  }
  const hub = openHub(machine.monitor);
  const startCommand = (...args: readonly string[]): Program =>
    host.startProgram("stickfarm", args, { cwd: farm.directory, env: farm.env });
  const agentLog = () => read("agent.log");
  const agentSize = () => nextSize(async () => parseSize(await read("agent.size")));
  return { folder, farm, machine, hub, startCommand, say, agentLog, agentSize, close };
}

function hostIn(folder: string): FarmHost {
  const start: FarmHost["startProgram"] = (name, args, options) =>
    spawnProgram([PROGRAMS[name], ...args], options);
  return {
    startProgram: start,
    runCommand: (name, args, options) => start(name, args, options).ended,
    makeDirectory: async () => {
      const path = join(folder, "farm");
      await mkdir(path);
      return path;
    },
    readyLimitMs: READY_LIMIT_MS,
  };
}

/** The file is written every few seconds; what it says next was begun before now, what it says after that was not. */
async function nextSize(look: () => Promise<AgentSize | undefined>): Promise<AgentSize> {
  const limits = { limitMs: SIZE_LIMIT_MS, everyMs: 500 };
  const { tick } = await waitFor("the agent's size", look, limits);
  const isNew = async () => {
    const size = await look();
    return size !== undefined && size.tick > tick + 1 ? size : undefined;
  };
  return waitFor("the agent's size now", isNew, limits);
}

/** The controller's port is the same for the machine, its address is not. */
function agentScript(address: string): string {
  const port = address.slice(address.lastIndexOf(":") + 1);
  const controller = `--controller ${HOST_ADDRESS}:${port}`;
  const agent = `node ${PROGRAMS["stickfarm-agent"]}`;
  return [
    `export PATH=${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8`,
    "mkdir -p /root && cd /root || exit",
    `${agent} enroll --data ${AGENT} ${controller} --token-file /mnt/token || exit`,
    `${agent} run --data ${AGENT} --usb-drives >/mnt/agent.out 2>/mnt/agent.log &`,
    "agent=$!",
    watchSizeScript("/mnt/agent.size"),
  ].join("\n");
}
