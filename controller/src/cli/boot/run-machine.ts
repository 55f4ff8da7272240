import { join } from "node:path";
import type { BootVerdict } from "@stickfarm/common/media/boot-proof";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { streamTool } from "@stickfarm/common/rim/run-tool";
import { addBytes, type ConsoleText, NO_TEXT, wholeText } from "./console-text.ts";
import { type Machine, qemuArguments } from "./qemu-arguments.ts";
import { takePicture } from "./take-picture.ts";

export type MachineRun = {
  readonly doing: string;
  /** Of QEMU. */
  readonly programPath: string;
  readonly machine: Omit<Machine, "monitorPath">;
  /** For the monitor's socket and the picture; sockets have short names, so it must lie near the root. */
  readonly directory: string;
  /** Seen on the console = done; `null`: watch until time is up. */
  readonly pattern: RegExp | null;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly onText?: (text: ConsoleText) => void;
};

export type MachineOutcome = {
  readonly verdict: BootVerdict;
  readonly console: string;
  readonly elapsedMs: number;
  /** PNG of the screen at the end, or why there is none. */
  readonly picture: Result<Uint8Array>;
};

/**
 * What the firmware says when nothing on the stick can be started, or nothing that somebody signed: SeaBIOS, the boot
 * manager of OVMF, or its shell.
 */
const NOTHING_BOOTS = /No bootable (device|option)|UEFI Interactive Shell|Mapping table/;

/**
 * Start a machine, watch its console until a verdict, take a picture and end it: always, also when it is interrupted.
 *
 * Problems: tool_failed with QEMU's words, canceled.
 */
export async function runMachine(run: MachineRun): Promise<Result<MachineOutcome>> {
  const monitorPath = join(run.directory, "monitor");
  const timeUp = new AbortController();
  const over = new AbortController();
  const output = streamTool({
    doing: run.doing,
    path: run.programPath,
    args: qemuArguments({ ...run.machine, monitorPath }),
    inputPath: null,
    signal: AbortSignal.any([run.signal, over.signal]),
    // A loader may say nothing for as long as it likes.
    silenceMaxMs: run.limitMs + 60_000,
  });
  const startedMs = performance.now();
  const timer = setTimeout(() => timeUp.abort(), run.limitMs);
  try {
    const watched = await watch(output, run, timeUp.signal);
    if (!watched.ok) return watched;
    const elapsedMs = Math.round(performance.now() - startedMs);
    const picture = await takePicture(monitorPath, join(run.directory, "screen.png"));
    return ok({ ...watched.value, elapsedMs, picture });
  } finally {
    clearTimeout(timer);
    over.abort();
    await drain(output);
  }
}

/** Until the program has ended: what it still said is of no interest. */
async function drain(output: Output): Promise<void> {
  while ((await output.next()).done !== true);
}

type Output = ReturnType<typeof streamTool>;

async function watch(
  output: Output,
  { pattern, onText, doing }: MachineRun,
  timeUp: AbortSignal,
): Promise<Result<{ readonly verdict: BootVerdict; readonly console: string }>> {
  const isLate = new Promise<"late">((resolve) => {
    timeUp.addEventListener("abort", () => resolve("late"), { once: true });
  });
  let seen = NO_TEXT;
  const end = (verdict: BootVerdict) => ok({ verdict, console: wholeText(seen) });
  for (;;) {
    const next = await Promise.race([output.next(), isLate]);
    if (next === "late") return end(pattern === null ? "watched" : "notSeen");
    if (next.done === true) {
      if (next.value === null) return end(pattern === null ? "watched" : "notSeen");
      // A machine whose command line is wrong, or that crashed, has exit code 1: that is no archive's fault.
      const { code, detail } = next.value;
      return fail(
        code === "canceled" ? next.value : { code: "tool_failed", detail: detail || doing },
      );
    }
    seen = addBytes(seen, next.value);
    onText?.(seen);
    if (pattern?.test(seen.window) === true) return end("seen");
    if (NOTHING_BOOTS.test(seen.window)) return end("nothingBoots");
  }
}
