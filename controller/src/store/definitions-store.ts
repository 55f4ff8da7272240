import type { Db, Row } from "./db.ts";
import { integer, text } from "./row.ts";

export type Revision = {
  readonly name: string;
  readonly revision: number;
  readonly digest: string;
  readonly kind: string;
  readonly description: string;
  readonly yaml: string;
  readonly createdAtMs: number;
};

/** Revisions are never changed or removed: builds point at them. The same for each kind of thing that has revisions. */
export type DefinitionsStore = {
  /** Stores a new revision, or gives the newest one back when its digest is the same. */
  readonly add: (
    definition: Omit<Revision, "revision">,
  ) => Promise<{ readonly revision: Revision; readonly stored: boolean }>;
  /** `revision` 0 = newest. */
  readonly find: (name: string, revision: number) => Promise<Revision | null>;
  /** Every revision, the newest first. */
  readonly history: (name: string) => Promise<readonly Revision[]>;
  /** The newest revision of each, by name. */
  readonly list: () => Promise<readonly Revision[]>;
};

export function definitionsStore(
  db: Db,
  table: "definitions" | "task_sequences",
): DefinitionsStore {
  const newestOf = `SELECT * FROM ${table} WHERE name = ? ORDER BY revision DESC`;
  return {
    add: (definition) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all(`${newestOf} LIMIT 1`, [definition.name]);
        const newest = row === undefined ? null : parseRevision(row);
        if (newest?.digest === definition.digest) return { revision: newest, stored: false };
        const revision = { ...definition, revision: (newest?.revision ?? 0) + 1 };
        await tx.run(`INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?)`, [
          revision.name,
          revision.revision,
          revision.digest,
          revision.kind,
          revision.description,
          revision.yaml,
          revision.createdAtMs,
        ]);
        return { revision, stored: true };
      }),
    find: async (name, revision) => {
      const [row] =
        revision === 0
          ? await db.read(`${newestOf} LIMIT 1`, [name])
          : await db.read(`SELECT * FROM ${table} WHERE name = ? AND revision = ?`, [
              name,
              revision,
            ]);
      return row === undefined ? null : parseRevision(row);
    },
    history: async (name) => (await db.read(newestOf, [name])).map(parseRevision),
    list: async () => {
      const rows = await db.read(
        `SELECT * FROM ${table} AS d WHERE revision =
         (SELECT MAX(revision) FROM ${table} WHERE name = d.name) ORDER BY name`,
      );
      return rows.map(parseRevision);
    },
  };
}

function parseRevision(row: Row): Revision {
  return {
    name: text(row, "name"),
    revision: integer(row, "revision"),
    digest: text(row, "digest"),
    kind: text(row, "kind"),
    description: text(row, "description"),
    yaml: text(row, "yaml"),
    createdAtMs: integer(row, "created_at_ms"),
  };
}
