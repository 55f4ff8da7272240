import type { BootProof } from "@stickfarm/common/media/boot-proof";
import type { Db, Row } from "./db.ts";
import { bytes, integer, json, text } from "./row.ts";

/** One boot of a revision, without what it said. */
export type BootEntry = {
  /** Counts from 1 within the revision; a number is never given again. */
  readonly number: number;
  readonly proof: BootProof;
  readonly hasScreenshot: boolean;
  readonly recordedAtMs: number;
};

export type BootRecord = {
  readonly proof: BootProof;
  readonly console: string;
  /** PNG; `null`: none could be taken. */
  readonly screenshot: Uint8Array | null;
};

/** What came of booting media in virtual machines. */
export type BootsStore = {
  /** Stores it and forgets all but the newest BOOTS_KEPT_MAX of the revision. */
  readonly add: (media: MediaRevision, record: BootRecord, nowMs: number) => Promise<BootEntry>;
  /** Newest first. */
  readonly list: (media: MediaRevision) => Promise<readonly BootEntry[]>;
  /** `number` 0 = newest. */
  readonly find: (
    media: MediaRevision,
    number: number,
  ) => Promise<{ readonly entry: BootEntry; readonly record: BootRecord } | null>;
};

type MediaRevision = { readonly name: string; readonly revision: number };

export const BOOTS_KEPT_MAX = 20;

export function bootsStore(db: Db): BootsStore {
  return {
    add: ({ name, revision }, { proof, console, screenshot }, nowMs) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all(
          `SELECT COALESCE(MAX(number), 0) + 1 AS number FROM boots
           WHERE media_name = ? AND media_revision = ?`,
          [name, revision],
        );
        const number = integer(row ?? {}, "number");
        await tx.run("INSERT INTO boots VALUES (?, ?, ?, ?, ?, ?, ?)", [
          name,
          revision,
          number,
          JSON.stringify(proof),
          console,
          screenshot,
          nowMs,
        ]);
        await tx.run(
          "DELETE FROM boots WHERE media_name = ? AND media_revision = ? AND number <= ?",
          [name, revision, number - BOOTS_KEPT_MAX],
        );
        return { number, proof, hasScreenshot: screenshot !== null, recordedAtMs: nowMs };
      }),
    list: async ({ name, revision }) => {
      const rows = await db.read(
        `SELECT number, proof, recorded_at_ms, screenshot IS NOT NULL AS has_screenshot FROM boots
         WHERE media_name = ? AND media_revision = ? ORDER BY number DESC`,
        [name, revision],
      );
      return rows.map(parseEntry);
    },
    find: async ({ name, revision }, number) => {
      const [row] = await db.read(
        `SELECT *, screenshot IS NOT NULL AS has_screenshot FROM boots
         WHERE media_name = ? AND media_revision = ? AND (number = ? OR ? = 0)
         ORDER BY number DESC LIMIT 1`,
        [name, revision, number, number],
      );
      if (row === undefined) return null;
      const entry = parseEntry(row);
      const screenshot = row["screenshot"] === null ? null : bytes(row, "screenshot");
      return { entry, record: { proof: entry.proof, console: text(row, "console"), screenshot } };
    },
  };
}

function parseEntry(row: Row): BootEntry {
  return {
    number: integer(row, "number"),
    proof: json<BootProof>(row, "proof"),
    hasScreenshot: integer(row, "has_screenshot") === 1,
    recordedAtMs: integer(row, "recorded_at_ms"),
  };
}
