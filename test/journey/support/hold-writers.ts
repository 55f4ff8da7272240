import { readdirSync, readFileSync } from "node:fs";

/** Stops every writer of an agent where it is, so that a test can step in; `release` lets them go on. */
export function holdWriters(agentPid: number): { readonly release: () => void } {
  const pids = childrenOf(agentPid).filter((pid) => commandOf(pid).includes("writer-main"));
  if (pids.length === 0) throw new Error(`Agent ${agentPid} has no writer`);
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  return {
    release: () => {
      for (const pid of pids.splice(0)) process.kill(pid, "SIGCONT");
    },
  };
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => Number(fileOf(pid, "stat").split(") ").at(-1)?.split(" ")[1]) === parent);
}

function commandOf(pid: number): string {
  return fileOf(pid, "cmdline").replaceAll("\0", " ");
}

/** Empty when the process has gone. */
function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
