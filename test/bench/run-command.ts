import { spawn } from "node:child_process";
import type { Scratch } from "./scratch.ts";

const WORDS_MAX = 4096;

/** Run a program; what it says is shown when it fails. It ends with the benchmark at the latest. */
export function runCommand(
  { undo }: Pick<Scratch, "undo">,
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<void> {
  const child = spawn(program, [...args], {
    stdio: ["ignore", "ignore", "pipe"],
    ...options,
  });
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  undo.add(kill);
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-WORDS_MAX);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      undo.delete(kill);
      if (exitCode === 0) resolve();
      else reject(new Error(`${program} ${args.join(" ")} ended with ${exitCode}\n${words}`));
    });
  });
}

export type CommandOptions = { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv };
