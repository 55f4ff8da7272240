import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok, type Result } from "@stickfarm/common/result";
import { newCommand } from "../shell/new-command.ts";
import { type Session, say } from "../shell/session.ts";
import { EXIT_INTERRUPTED, type Shell } from "../shell/shell.ts";
import { openStage } from "./open-stage.ts";
import { playDemo } from "./play-demo.ts";

export function demoCommand(shell: Shell) {
  return newCommand(shell, {
    name: "demo",
    description:
      "Build four virtual sticks on two agents of this machine, from definition to report.\n\nEverything runs as it does on a farm, in a directory that is removed afterwards: a controller with its own authority, NATS, two agents, four drives that are files. Nothing else is written to.",
    examples: ["stickfarm demo", "stickfarm demo --keep"],
  })
    .option("--keep", "leave the directory with its drives and logs standing")
    .action(({ keep = false }, command) => shell.run(command, (session) => demo(session, keep)));
}

async function demo(session: Session, keep: boolean): Promise<Result<number>> {
  const directory = await mkdtemp(join(tmpdir(), "stickfarm-demo-"));
  const interrupted = new AbortController();
  const stopListening = session.io.onInterrupt(() => interrupted.abort());
  const stage = openStage({ session, directory, signal: interrupted.signal });
  try {
    const played = await playDemo(stage);
    return interrupted.signal.aborted ? ok(EXIT_INTERRUPTED) : played;
  } finally {
    await stage.close();
    stopListening();
    if (keep) say(session, `Left standing: ${directory}`);
    else await rm(directory, { recursive: true, force: true });
  }
}
