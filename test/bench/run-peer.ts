import { spawn } from "node:child_process";

/**
 * dd and then cmp, a pair for each target, all targets at once.
 *
 * `notrunc` spares dd the freeing and taking of a file's blocks, which a stick does not know either.
 */
export async function runPeer(image: string, targets: readonly string[]): Promise<void> {
  await Promise.all(
    targets.map(async (target) => {
      await run("dd", [
        `if=${image}`,
        `of=${target}`,
        "bs=4M",
        "oflag=direct",
        "conv=fsync,notrunc",
        "status=none",
      ]);
      await run("cmp", [image, target]);
    }),
  );
}

function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, [...args], { stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      if (exitCode === 0) resolve();
      else reject(new Error(`${program} ${args.join(" ")} ended with ${exitCode}`));
    });
  });
}
