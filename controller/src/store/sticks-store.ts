import { type Evidence, NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import type { AttemptOutcome } from "@stickfarm/common/build/job-state";
import type { StickAttempt } from "@stickfarm/common/build/stick-record";
import type { Drive } from "@stickfarm/common/drive/drive";
import { type StickSighting, stickKey } from "@stickfarm/common/drive/stick-key";
import { parseConsent } from "./build-entries.ts";
import type { Db, Row } from "./db.ts";
import { integer, json, text } from "./row.ts";

/**
 * Sticks and what was done to them. There is no table of sticks: each result says which drive it is of, so a record is
 * never older than the results, and those of every earlier version count.
 */
export type SticksStore = {
  /** Every attempt at the stick in this drive that has ended, in the order of their results. */
  readonly history: (stick: StickSighting) => Promise<readonly StickAttempt[]>;
  /** The histories of all sticks with this serial or stick id. */
  readonly find: (name: string) => Promise<readonly (readonly StickAttempt[])[]>;
  /** The histories of the sticks that were written last, the newest first. */
  readonly list: (most: number) => Promise<readonly (readonly StickAttempt[])[]>;
};

const ATTEMPTS = `
  SELECT builds.build_id, job_id, attempt, stick_id, jobs.agent, consent, drive, media_name, media_revision,
    manifest_sha256, outcome, evidence, received_at_ms
  FROM results JOIN attempts USING (job_id, attempt) JOIN jobs USING (job_id) JOIN builds USING (build_id)
    LEFT JOIN drives ON drives.agent = jobs.agent AND drives.drive_id = jobs.drive_id`;

const IN_ORDER = "ORDER BY received_at_ms, results.rowid";

export function sticksStore(db: Db): SticksStore {
  const readHistory = async (stick: StickSighting): Promise<readonly StickAttempt[]> => {
    const rows = await db.read(`${ATTEMPTS} WHERE jobs.drive_id = ? ${IN_ORDER}`, [
      stick.consent.driveId,
    ]);
    const key = stickKey(stick);
    return rows.map(parseStickAttempt).filter((attempt) => stickKey(attempt) === key);
  };
  return {
    history: readHistory,
    find: async (name) => {
      const rows = await db.read(
        `${ATTEMPTS} WHERE stick_id = ?1 OR json_extract(consent, '$.serial') = ?1 ${IN_ORDER}`,
        [name],
      );
      // An id of a stick is that of one attempt: the others are asked for by what it was made of.
      const seen = groupByStick(rows.map(parseStickAttempt)).flatMap((group) => group.slice(-1));
      const histories: (readonly StickAttempt[])[] = [];
      for (const stick of seen) histories.push(await readHistory(stick));
      return histories;
    },
    list: async (most) => {
      const rows = await db.read(
        `${ATTEMPTS} WHERE jobs.drive_id IN (
           SELECT drive_id FROM results JOIN jobs USING (job_id)
           GROUP BY drive_id ORDER BY MAX(received_at_ms) DESC LIMIT ?
         ) ${IN_ORDER}`,
        [most],
      );
      return groupByStick(rows.map(parseStickAttempt)).slice(0, most);
    },
  };
}

/** Each group in the order of its results; the stick that was written last comes first. */
function groupByStick(attempts: readonly StickAttempt[]): readonly (readonly StickAttempt[])[] {
  const groups = new Map<string, StickAttempt[]>();
  for (const attempt of attempts) {
    const key = stickKey(attempt);
    const group = groups.get(key) ?? [];
    group.push(attempt);
    // Set anew, so that the order of the groups is that of their last results.
    groups.delete(key);
    groups.set(key, group);
  }
  return [...groups.values()].reverse();
}

function parseStickAttempt(row: Row): StickAttempt {
  return {
    buildId: text(row, "build_id"),
    jobId: text(row, "job_id"),
    attempt: integer(row, "attempt"),
    stickId: text(row, "stick_id"),
    agent: text(row, "agent"),
    consent: parseConsent(row),
    model: row["drive"] === null ? "" : json<Drive>(row, "drive").model,
    media: { name: text(row, "media_name"), revision: integer(row, "media_revision") },
    manifestSha256: text(row, "manifest_sha256"),
    outcome: json<AttemptOutcome>(row, "outcome"),
    // Rows of earlier versions lack what they did not measure.
    evidence: { ...NO_EVIDENCE, ...json<Evidence>(row, "evidence") },
    endedAtMs: integer(row, "received_at_ms"),
  };
}
