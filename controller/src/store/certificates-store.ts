import type { CertificateFacts } from "@stickfarm/common/media/stick-certificate";
import type { Db, Row } from "./db.ts";
import { integer, json, text } from "./row.ts";

export type CertificateEntry = {
  readonly facts: CertificateFacts;
  readonly mediaName: string;
  readonly mediaRevision: number;
  /** Of the compilation that its key was sealed into. */
  readonly manifestSha256: string;
  readonly recordedAtMs: number;
};

export type ListedCertificate = CertificateEntry & {
  /** Builds of that compilation, oldest first. */
  readonly buildIds: readonly string[];
};

/** Every certificate that went into settings, so that one knows which sticks end when, and which to block. */
export type CertificatesStore = {
  /** Idempotent. */
  readonly record: (entry: CertificateEntry) => Promise<void>;
  /** The newest `max`, those that end first in front. */
  readonly list: (max: number) => Promise<readonly ListedCertificate[]>;
  /** Names of other definitions that carry it. */
  readonly otherMedia: (thumbprint: string, mediaName: string) => Promise<readonly string[]>;
};

export function certificatesStore(db: Db): CertificatesStore {
  return {
    record: (entry) => record(db, entry),
    list: async (max) => (await db.read(LIST, [max])).map(parseEntry),
    otherMedia: async (thumbprint, mediaName) => {
      const rows = await db.read(
        `SELECT DISTINCT media_name FROM media_certificates
         WHERE thumbprint = ? AND media_name != ? ORDER BY media_name LIMIT 10`,
        [thumbprint, mediaName],
      );
      return rows.map((row) => text(row, "media_name"));
    },
  };
}

const LIST = `
  SELECT *, (SELECT json_group_array(build_id) FROM
    (SELECT build_id FROM builds WHERE manifest_sha256 = c.manifest_sha256 ORDER BY build_id)
  ) AS build_ids
  FROM (SELECT * FROM media_certificates ORDER BY recorded_at_ms DESC, thumbprint LIMIT ?) AS c
  ORDER BY not_after_ms, thumbprint, recorded_at_ms`;

function record(db: Db, { facts, ...entry }: CertificateEntry): Promise<void> {
  return db.transaction(async (tx) => {
    await tx.run("INSERT OR IGNORE INTO media_certificates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [
      facts.thumbprint,
      entry.manifestSha256,
      facts.kind,
      facts.subject,
      facts.notBeforeMs,
      facts.notAfterMs,
      entry.mediaName,
      entry.mediaRevision,
      entry.recordedAtMs,
    ]);
  });
}

function parseEntry(row: Row): ListedCertificate {
  return {
    facts: {
      kind: text(row, "kind") === "selfSigned" ? "selfSigned" : "pkcs12",
      thumbprint: text(row, "thumbprint"),
      subject: text(row, "subject"),
      notBeforeMs: integer(row, "not_before_ms"),
      notAfterMs: integer(row, "not_after_ms"),
    },
    mediaName: text(row, "media_name"),
    mediaRevision: integer(row, "media_revision"),
    manifestSha256: text(row, "manifest_sha256"),
    recordedAtMs: integer(row, "recorded_at_ms"),
    buildIds: json<string[]>(row, "build_ids"),
  };
}
