import { spawn } from "node:child_process";
import { access, chmod, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { runProgram } from "../../support/run-program.ts";

/**
 * A workstation with USB sticks that behave like hardware: Linux as a process of this machine (User-Mode Linux), whose USB
 * ports hold mass-storage gadgets. It shares this machine's programs and changes none of its files.
 */
export type WorkstationRun = {
  /** Where the workstation's /mnt lies. */
  readonly share: string;
  /** Lines of sh, run as root. */
  readonly script: string;
  readonly kernel: string;
  readonly limitMs: number;
};

const MEMORY = "3G";
const PORTS = 6;
const ROOT = join(import.meta.dirname, "../../..");

/** A kernel with USB gadgets, made by build-kernel.sh: where the environment says, or in the cache; `null` without one. */
export async function findKernel(): Promise<string | null> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const named = process.env["STICKFARM_LAB_KERNEL"];
  for (const path of named === undefined ? [join(cache, "stickfarm/lab/linux.xz")] : [named]) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
}

/** Run one to its end and give back what it printed. */
export async function runWorkstation({
  share,
  script,
  kernel,
  limitMs,
}: WorkstationRun): Promise<string> {
  const folder = join(share, "uml");
  await mkdir(folder, { recursive: true });
  const program = await unpack(kernel, join(folder, "linux"));
  const path = `export PATH=${dirname(process.execPath)}:$PATH\ncd ${ROOT}\n`;
  await writeFile(join(share, "run.sh"), path + script);
  const args = [
    ...[`uml_dir=${folder}/`, "umid=workstation", `mem=${MEMORY}`],
    ...["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro"],
    `init=${join(import.meta.dirname, "init.sh")}`,
    ...["con=null", "con0=null,fd:1", "ssl=null", "quiet", "loop.max_loop=0", "nbd.nbds_max=0"],
    ...[`dummy_hcd.num=${PORTS}`, "scsi_debug.add_host=0", "usb-storage.delay_use=0"],
    `lab.share=${share}`,
  ];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  let printed = "";
  const take = (text: Buffer): void => {
    printed += text.toString();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  // Its own processes are processes here, of one group.
  const end = (): void => void (child.pid === undefined || process.kill(-child.pid, "SIGKILL"));
  const timer = setTimeout(end, limitMs);
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  return printed;
}

async function unpack(kernel: string, to: string): Promise<string> {
  if (!kernel.endsWith(".xz")) return kernel;
  await runProgram("sh", ["-c", 'xz -dc "$1" > "$2"', "sh", kernel, to]);
  await chmod(to, 0o755);
  return to;
}
