import { spawn } from "node:child_process";
import type { Scratch } from "./scratch.ts";

/** Run a program that prints only when something is wrong. It ends with the benchmark at the latest. */
export function runCommand(
  { undo }: Pick<Scratch, "undo">,
  program: string,
  args: readonly string[],
  { cwd }: { readonly cwd?: string } = {},
): Promise<void> {
  const child = spawn(program, [...args], {
    stdio: ["ignore", "ignore", "inherit"],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  undo.add(kill);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      undo.delete(kill);
      if (exitCode === 0) resolve();
      else reject(new Error(`${program} ${args.join(" ")} ended with ${exitCode}`));
    });
  });
}
