import type { Db } from "./db.ts";
import { bytes, integer, text } from "./row.ts";

export type SecretEntry = {
  readonly name: string;
  /** Counts from 1. */
  readonly version: number;
  readonly changedAtMs: number;
};

/** Secrets, sealed before they come here; this store never sees a value. */
export type SecretsStore = {
  /** `seal` gets the version, which is part of what the seal authenticates. */
  readonly set: (
    name: string,
    seal: (version: number) => Uint8Array,
    nowMs: number,
  ) => Promise<SecretEntry>;
  readonly find: (
    name: string,
  ) => Promise<{ readonly version: number; readonly sealed: Uint8Array } | null>;
  readonly list: () => Promise<readonly SecretEntry[]>;
  /** False: there was none. */
  readonly remove: (name: string) => Promise<boolean>;
};

export function secretsStore(db: Db): SecretsStore {
  return {
    set: (name, seal, nowMs) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all("SELECT version FROM secrets WHERE name = ?", [name]);
        const version = row === undefined ? 1 : integer(row, "version") + 1;
        await tx.run("INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?)", [
          name,
          version,
          seal(version),
          nowMs,
        ]);
        return { name, version, changedAtMs: nowMs };
      }),
    find: async (name) => {
      const [row] = await db.read("SELECT version, sealed FROM secrets WHERE name = ?", [name]);
      return row === undefined
        ? null
        : { version: integer(row, "version"), sealed: bytes(row, "sealed") };
    },
    list: async () => {
      const rows = await db.read("SELECT name, version, changed_at_ms FROM secrets ORDER BY name");
      return rows.map((row) => ({
        name: text(row, "name"),
        version: integer(row, "version"),
        changedAtMs: integer(row, "changed_at_ms"),
      }));
    },
    remove: (name) =>
      db.transaction(async (tx) => {
        const { changes } = await tx.run("DELETE FROM secrets WHERE name = ?", [name]);
        return changes > 0;
      }),
  };
}
