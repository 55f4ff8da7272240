import { type Evidence, NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import type { AttemptOutcome } from "@stickfarm/common/build/job-state";
import type { StickAttempt } from "@stickfarm/common/build/stick-record";
import type { Drive, DriveConsent } from "@stickfarm/common/drive/drive";
import { type StickSighting, stickKey } from "@stickfarm/common/drive/stick-key";
import type { Db, Row } from "./db.ts";
import { integer, json, text } from "./row.ts";

/**
 * Sticks and what was done to them. There is no table of sticks: each result says which drive it is of, so a record is
 * never older than the results, and those of every earlier version count.
 */
export type SticksStore = {
  /** Every attempt at the stick in this drive that has ended, in the order of their results. */
  readonly history: (stick: StickSighting) => Promise<readonly StickAttempt[]>;
};

const ATTEMPTS = `
  SELECT builds.build_id, job_id, attempt, stick_id, jobs.agent, consent, drive, media_name, media_revision,
    manifest_sha256, outcome, evidence, received_at_ms
  FROM results JOIN attempts USING (job_id, attempt) JOIN jobs USING (job_id) JOIN builds USING (build_id)
    LEFT JOIN drives ON drives.agent = jobs.agent AND drives.drive_id = jobs.drive_id`;

export function sticksStore(db: Db): SticksStore {
  return {
    history: async (stick) => {
      const rows = await db.read(
        `${ATTEMPTS} WHERE jobs.drive_id = ? ORDER BY received_at_ms, results.rowid`,
        [stick.consent.driveId],
      );
      const key = stickKey(stick);
      return rows.map(parseStickAttempt).filter((attempt) => stickKey(attempt) === key);
    },
  };
}

function parseStickAttempt(row: Row): StickAttempt {
  return {
    buildId: text(row, "build_id"),
    jobId: text(row, "job_id"),
    attempt: integer(row, "attempt"),
    stickId: text(row, "stick_id"),
    agent: text(row, "agent"),
    consent: json<DriveConsent>(row, "consent"),
    model: row["drive"] === null ? "" : json<Drive>(row, "drive").model,
    media: { name: text(row, "media_name"), revision: integer(row, "media_revision") },
    manifestSha256: text(row, "manifest_sha256"),
    outcome: json<AttemptOutcome>(row, "outcome"),
    // Rows of earlier versions lack what they did not measure.
    evidence: { ...NO_EVIDENCE, ...json<Evidence>(row, "evidence") },
    endedAtMs: integer(row, "received_at_ms"),
  };
}
