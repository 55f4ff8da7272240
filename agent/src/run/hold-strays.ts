import type { Log } from "@stickfarm/common/log";
import { type DriveOffer, findAtPath } from "../drive/drive-offer.ts";
import { findStrays, isStray, type Stray } from "../drive/find-strays.ts";
import type { Glances } from "../drive/glances.ts";
import type { DriveHost } from "../drive/read-machine.ts";
import { WRITER_PROGRAM } from "../write/find-writer-program.ts";
import type { Quarantine } from "./quarantine.ts";

const LOOK_EVERY_MS = 1000;
const AGENT_PROGRAM = "stickfarm-agent";

/** Hold the drives that writers of an earlier run still wait for, until those have ended. */
export async function holdStrays(parts: {
  readonly offer: DriveOffer;
  readonly host: DriveHost;
  readonly glances: Glances;
  readonly quarantine: Quarantine;
  readonly log: Log;
}): Promise<{ readonly close: () => void }> {
  const { offer, host, glances, quarantine, log } = parts;
  const { proc } = host;
  const timers = new Set<NodeJS.Timeout>();
  const waitForEnd = (stray: Stray): Promise<void> =>
    new Promise((resolve) => {
      const timer = setInterval(async () => {
        if (await isStray(stray, proc)) return;
        clearInterval(timer);
        resolve();
      }, LOOK_EVERY_MS);
      timers.add(timer);
    });
  const programs = { writerProgram: WRITER_PROGRAM, agentProgram: AGENT_PROGRAM };
  for (const stray of await findStrays({ proc, ...programs })) {
    const drive = await findAtPath(offer, stray.path, host);
    if (drive === null) continue;
    log.warn({ writerPid: stray.pid, bay: drive.bay }, "a writer of an earlier run still waits");
    const ended = waitForEnd(stray);
    quarantine.hold(drive, stray.pid, ended);
    void ended.then(glances.hold(drive.driveId));
  }
  return {
    close: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
