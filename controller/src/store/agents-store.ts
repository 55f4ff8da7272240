import { UNSEEN } from "@stickfarm/common/drive/contents";
import { type Drive, UNKNOWN_FACTS } from "@stickfarm/common/drive/drive";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Db, Row } from "./db.ts";
import { integer, integerOrNull, json, text } from "./row.ts";

export type AgentEntry = {
  readonly name: string;
  readonly enrolledAtMs: number;
  readonly version: string;
  /** Empty before the first session. */
  readonly incarnation: string;
  /** 0 before the first session. */
  readonly seenAtMs: number;
};

export type DriveEntry = {
  readonly agent: string;
  readonly drive: Drive;
};

/** Agents, their one-time tokens, and the drives they were last seen with. */
export type AgentsStore = {
  readonly addToken: (hash: string, agent: string, expiresAtMs: number) => Promise<void>;
  /** Uses the token up and notes the agent as enrolled. Problems: token_invalid. */
  readonly consumeToken: (
    hash: string,
    nowMs: number,
  ) => Promise<Result<{ readonly name: string }>>;
  readonly find: (name: string) => Promise<AgentEntry | null>;
  readonly list: () => Promise<readonly AgentEntry[]>;
  readonly noteSession: (
    agent: Pick<AgentEntry, "name" | "version" | "incarnation">,
    nowMs: number,
  ) => Promise<void>;
  readonly noteSeen: (name: string, nowMs: number) => Promise<void>;
  readonly noteDrives: (agent: string, drives: readonly Drive[], nowMs: number) => Promise<void>;
  /** Those of which nobody has said that they went; `agent` empty: of all. */
  readonly listDrives: (agent: string) => Promise<readonly DriveEntry[]>;
};

/** What rows of earlier versions do not say. */
const OLDER = { asks: [], facts: UNKNOWN_FACTS, contents: UNSEEN } as const;

export function agentsStore(db: Db): AgentsStore {
  return {
    addToken: (hash, agent, expiresAtMs) =>
      db.transaction(async (tx) => {
        await tx.run("INSERT INTO agent_tokens VALUES (?, ?, ?, NULL)", [hash, agent, expiresAtMs]);
      }),
    consumeToken: (hash, nowMs) => consumeToken(db, hash, nowMs),
    find: async (name) => {
      const [row] = await db.read("SELECT * FROM agents WHERE name = ?", [name]);
      return row === undefined ? null : parseAgent(row);
    },
    list: async () => (await db.read("SELECT * FROM agents ORDER BY name")).map(parseAgent),
    noteSession: (agent, nowMs) =>
      db.transaction(async (tx) => {
        await tx.run(
          "UPDATE agents SET version = ?, incarnation = ?, seen_at_ms = ? WHERE name = ?",
          [agent.version, agent.incarnation, nowMs, agent.name],
        );
      }),
    noteSeen: (name, nowMs) =>
      db.transaction(async (tx) => {
        await tx.run("UPDATE agents SET seen_at_ms = ? WHERE name = ?", [nowMs, name]);
      }),
    noteDrives: (agent, drives, nowMs) => noteDrives(db, agent, drives, nowMs),
    listDrives: async (agent) => {
      const rows = await db.read(
        "SELECT * FROM drives WHERE present = 1 AND (?1 = '' OR agent = ?1) ORDER BY agent, drive_id",
        [agent],
      );
      return rows.map((row) => ({
        agent: text(row, "agent"),
        drive: { ...OLDER, ...json<Omit<Drive, keyof typeof OLDER>>(row, "drive") },
      }));
    },
  };
}

function consumeToken(
  db: Db,
  hash: string,
  nowMs: number,
): Promise<Result<{ readonly name: string }>> {
  return db.transaction(async (tx) => {
    const [row] = await tx.all("SELECT * FROM agent_tokens WHERE hash = ?", [hash]);
    const why = whyUnusable(row, nowMs);
    if (row === undefined || why !== null)
      return fail({ code: "token_invalid", detail: `Cannot enrol with this token: it ${why}` });
    const name = text(row, "agent");
    await tx.run("UPDATE agent_tokens SET used_at_ms = ? WHERE hash = ?", [nowMs, hash]);
    await tx.run(
      `INSERT INTO agents VALUES (?, ?, '', '', 0)
       ON CONFLICT (name) DO UPDATE SET enrolled_at_ms = excluded.enrolled_at_ms`,
      [name, nowMs],
    );
    return ok({ name });
  });
}

function whyUnusable(row: Row | undefined, nowMs: number): string | null {
  if (row === undefined) return "is not known here";
  if (integerOrNull(row, "used_at_ms") !== null) return "was used already";
  return integer(row, "expires_at_ms") <= nowMs ? "has expired" : null;
}

function noteDrives(db: Db, agent: string, drives: readonly Drive[], nowMs: number): Promise<void> {
  return db.transaction(async (tx) => {
    await tx.run("UPDATE drives SET present = 0 WHERE agent = ?", [agent]);
    for (const drive of drives) {
      await tx.run("INSERT OR REPLACE INTO drives VALUES (?, ?, ?, 1, ?)", [
        agent,
        drive.driveId,
        JSON.stringify(drive),
        nowMs,
      ]);
    }
  });
}

function parseAgent(row: Row): AgentEntry {
  return {
    name: text(row, "name"),
    enrolledAtMs: integer(row, "enrolled_at_ms"),
    version: text(row, "version"),
    incarnation: text(row, "incarnation"),
    seenAtMs: integer(row, "seen_at_ms"),
  };
}
