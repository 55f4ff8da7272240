import type { BuildLogEvent, BuildLogLine, LoggedDrive } from "@stickfarm/common/build/build-log";
import type { DriveConsent } from "@stickfarm/common/drive/drive";
import type { Db, Tx } from "./db.ts";
import { integer, json, text } from "./row.ts";

/**
 * The log of builds. A line is stored in the transaction that makes it true, so that a crash leaves both or neither; the
 * database itself refuses to change or remove one.
 */
export type LogEntry = {
  readonly buildId: string;
  readonly event: BuildLogEvent;
  /** Of lines that may be told again: only the first with this key is stored. */
  readonly onceKey?: string;
};

export async function appendLog(tx: Tx, entry: LogEntry, nowMs: number): Promise<void> {
  const { buildId, event, onceKey = null } = entry;
  await tx.run(
    `INSERT INTO build_log (build_id, number, at_ms, once_key, event)
     SELECT ?, (SELECT COALESCE(MAX(number), 0) + 1 FROM build_log WHERE build_id = ?), ?, ?, ?
     WHERE NOT EXISTS (SELECT 1 FROM build_log WHERE build_id = ? AND once_key = ?)`,
    [buildId, buildId, nowMs, onceKey, JSON.stringify(event), buildId, onceKey],
  );
}

/** In the order in which they were stored, from the first after `after`. */
export async function readLog(
  db: Db,
  buildId: string,
  { after, most }: { readonly after: number; readonly most: number },
): Promise<readonly BuildLogLine[]> {
  const rows = await db.read(
    "SELECT * FROM build_log WHERE build_id = ? AND number > ? ORDER BY number LIMIT ?",
    [buildId, after, most],
  );
  return rows.map((row) => ({
    number: integer(row, "number"),
    atMs: integer(row, "at_ms"),
    event: json<BuildLogEvent>(row, "event"),
  }));
}

/** The build of a job and its drive, as lines name it; null for no job of ours. */
export async function findLoggedDrive(
  tx: Tx,
  jobId: string,
): Promise<{ readonly buildId: string; readonly drive: LoggedDrive } | null> {
  const [row] = await tx.all("SELECT build_id, agent, consent FROM jobs WHERE job_id = ?", [jobId]);
  if (row === undefined) return null;
  const { bay, serial } = json<DriveConsent>(row, "consent");
  const drive = { jobId, agent: text(row, "agent"), bay, serial };
  return { buildId: text(row, "build_id"), drive };
}
