import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { waitFor } from "../../support/wait-for.ts";
import type { TestFarm } from "./farm.ts";

/** The nats-server that is a child of the farm's controller now. */
export function natsOf(farm: TestFarm): Promise<number> {
  const parent = farm.controller().pid;
  return waitFor(`a nats-server of controller ${parent}`, () => findNats(farm, parent), {
    limitMs: 60_000,
  });
}

/** Every nats-server that runs with the farm's configuration, whoever its parent is. */
export function listNats(farm: TestFarm): readonly number[] {
  const config = join(farm.directory, "farm/nats/nats-server.conf");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => fileOf(pid, "cmdline").split("\0").includes(config));
}

/** Stop a process where it is. It goes on when `resume` is called, at the latest when the test ends. */
export function freeze(pid: number): { readonly resume: () => void } {
  process.kill(pid, "SIGSTOP");
  const resume = (): void => {
    if (stateOf(pid) === "T") process.kill(pid, "SIGCONT");
  };
  onTestFinished(resume);
  return { resume };
}

/** "T": stopped; empty: gone. Source: proc(5). */
export function stateOf(pid: number): string {
  return statOf(pid)[0] ?? "";
}

function findNats(farm: TestFarm, parent: number): number | undefined {
  return listNats(farm).find((pid) => Number(statOf(pid)[1]) === parent);
}

/** State, parent and so on, from behind the name, which may hold blanks. */
function statOf(pid: number): readonly string[] {
  return fileOf(pid, "stat").split(") ").at(-1)?.split(" ") ?? [];
}

/** Empty when the process has gone. */
function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
