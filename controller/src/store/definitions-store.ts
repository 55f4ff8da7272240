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

/** Revisions are never changed or removed: builds point at them. */
export type DefinitionsStore = {
  /** Stores a new revision, or gives the newest one back when its digest is the same. */
  readonly add: (
    definition: Omit<Revision, "revision">,
  ) => Promise<{ readonly revision: Revision; readonly stored: boolean }>;
  /** `revision` 0 = newest. */
  readonly find: (name: string, revision: number) => Promise<Revision | null>;
  /** The newest revision of each, by name. */
  readonly list: () => Promise<readonly Revision[]>;
};

export function definitionsStore(db: Db): DefinitionsStore {
  return {
    add: (definition) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all(NEWEST, [definition.name]);
        const newest = row === undefined ? null : parseRevision(row);
        if (newest?.digest === definition.digest) return { revision: newest, stored: false };
        const revision = { ...definition, revision: (newest?.revision ?? 0) + 1 };
        await tx.run("INSERT INTO definitions VALUES (?, ?, ?, ?, ?, ?, ?)", [
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
          ? await db.read(NEWEST, [name])
          : await db.read("SELECT * FROM definitions WHERE name = ? AND revision = ?", [
              name,
              revision,
            ]);
      return row === undefined ? null : parseRevision(row);
    },
    list: async () => {
      const rows = await db.read(
        `SELECT * FROM definitions AS d WHERE revision =
         (SELECT MAX(revision) FROM definitions WHERE name = d.name) ORDER BY name`,
      );
      return rows.map(parseRevision);
    },
  };
}

const NEWEST = "SELECT * FROM definitions WHERE name = ? ORDER BY revision DESC LIMIT 1";

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
