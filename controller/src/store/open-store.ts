import { fail, ok, type Result } from "@stickfarm/common/result";
import { Db } from "./db.ts";
import { MIGRATIONS } from "./migrations.ts";

/** WAL databases of 3.7.0 to 3.51.2 can be corrupted by a checkpoint race: https://www.sqlite.org/wal.html#walresetbug */
const SQLITE_VERSION_MIN = [3, 51, 3] as const;

/**
 * Open the controller's database: checked, migrated, durable at each commit, and held by this process alone.
 *
 * Problems: store_damaged (the integrity check names the page), store_locked, internal (driver too old).
 */
export async function openStore(path: string): Promise<Result<Db>> {
  const db = await Db.open(path);
  try {
    await db.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
    );
    const problem = (await checkVersion(db)) ?? (await checkIntegrity(db, path));
    if (problem !== null) {
      await db.close();
      return fail(problem);
    }
    await migrate(db);
    return ok(db);
  } catch (error) {
    await db.close();
    return fail(problemOf(error, path));
  }
}

async function checkVersion(db: Db) {
  const [row] = await db.read("SELECT sqlite_version() AS version");
  const version = String(row?.["version"]);
  const parts = version.split(".").map(Number);
  for (const [index, least] of SQLITE_VERSION_MIN.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return null;
    if (part < least)
      return {
        code: "internal",
        detail: `Cannot use SQLite "${version}": it must be ${SQLITE_VERSION_MIN.join(".")} or newer`,
      } as const;
  }
  return null;
}

async function checkIntegrity(db: Db, path: string) {
  const rows = await db.read("PRAGMA quick_check(3)");
  const findings = rows.map((row) => String(row["quick_check"])).filter((text) => text !== "ok");
  if (findings.length === 0) return null;
  return {
    code: "store_damaged",
    detail: `Cannot open the database "${path}": ${findings.join("; ")}`,
  } as const;
}

async function migrate(db: Db): Promise<void> {
  const [row] = await db.read("PRAGMA user_version");
  const done = Number(row?.["user_version"]);
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < done) continue;
    await db.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

function problemOf(error: unknown, path: string) {
  const text = error instanceof Error ? error.message : String(error);
  const locked = text.includes("SQLITE_BUSY");
  return {
    code: locked ? "store_locked" : "store_damaged",
    detail: `Cannot open the database "${path}": ${text}`,
    cause: error,
  } as const;
}
