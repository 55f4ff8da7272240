import { spawn } from "node:child_process";
import { once } from "node:events";
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
const PORTS = 12;
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

export type WorkstationEnd = {
  readonly printed: string;
  /** How it ended: by itself in order, by itself with these last words, or because the time was over. */
  readonly end: "in order" | `died: ${string}` | `still ran after ${number} s`;
};

/** What a kernel says when `poweroff` was its script's last command, and never when it dies of something else. */
const IN_ORDER = /reboot: System halted/;

/** Run one to its end. It is started once: one that dies is a failure to be looked at. */
export async function runWorkstation({
  share,
  script,
  kernel,
  limitMs,
}: WorkstationRun): Promise<WorkstationEnd> {
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
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, "SIGKILL");
  };
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, limitMs);
  process.once("exit", kill);
  const [code, signal] = await once(child, "close");
  process.off("exit", kill);
  clearTimeout(timer);
  return { printed, end: describeEnd({ printed, isLate, limitMs, code, signal }) };
}

function describeEnd({ printed, isLate, limitMs, code, signal }: Ending): WorkstationEnd["end"] {
  if (isLate) return `still ran after ${limitMs / 1000} s`;
  if (code === 0 && IN_ORDER.test(printed)) return "in order";
  return `died: code ${code}, signal ${signal}`;
}

type Ending = {
  readonly printed: string;
  readonly isLate: boolean;
  readonly limitMs: number;
  readonly code: number | null;
  readonly signal: string | null;
};

async function unpack(kernel: string, to: string): Promise<string> {
  if (!kernel.endsWith(".xz")) return kernel;
  await runProgram("sh", ["-c", 'xz -dc "$1" > "$2"', "sh", kernel, to]);
  await chmod(to, 0o755);
  return to;
}
