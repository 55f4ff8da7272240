import type { DistributionPoint, PointPlace } from "@stickfarm/common/media/distribution-point";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Db, Row } from "./db.ts";
import { integer, json, text } from "./row.ts";

/** A content of which every byte was read back at a point. */
export type Distribution = {
  readonly content: string;
  /** Milliseconds since 1970 UTC. */
  readonly verifiedAtMs: number;
};

/** Distribution points beside "local", and what was copied to them. */
export type PointsStore = {
  /** Idempotent for the same place. Problems: point_taken. */
  readonly add: (point: DistributionPoint) => Promise<Result<DistributionPoint>>;
  readonly find: (name: string) => Promise<DistributionPoint | null>;
  /** By name. */
  readonly list: () => Promise<readonly DistributionPoint[]>;
  /** False when there is none. What lies there stays where it is. */
  readonly remove: (name: string) => Promise<boolean>;
  /** The content is at the point, whole; the newest time counts. */
  readonly noteDistributed: (point: string, distribution: Distribution) => Promise<void>;
  /** By name of the content. */
  readonly distributions: (point: string) => Promise<readonly Distribution[]>;
};

export function pointsStore(db: Db): PointsStore {
  return {
    add: (point) =>
      db.transaction(async (tx) => {
        const { name, place, createdAtMs } = point;
        const [row] = await tx.all("SELECT * FROM distribution_points WHERE name = ?", [name]);
        if (row !== undefined) {
          const known = parsePoint(row);
          if (JSON.stringify(known.place) === JSON.stringify(place)) return ok(known);
          return fail({
            code: "point_taken",
            detail: `Cannot add distribution point "${name}": the name stands for another place already`,
          });
        }
        await tx.run("INSERT INTO distribution_points VALUES (?, ?, ?)", [
          name,
          JSON.stringify(place),
          createdAtMs,
        ]);
        return ok(point);
      }),
    find: async (name) => {
      const [row] = await db.read("SELECT * FROM distribution_points WHERE name = ?", [name]);
      return row === undefined ? null : parsePoint(row);
    },
    list: async () => {
      const rows = await db.read("SELECT * FROM distribution_points ORDER BY name");
      return rows.map(parsePoint);
    },
    remove: (name) =>
      db.transaction(async (tx) => {
        const { changes } = await tx.run("DELETE FROM distribution_points WHERE name = ?", [name]);
        return changes === 1;
      }),
    noteDistributed: (point, { content, verifiedAtMs }) =>
      db.transaction(async (tx) => {
        // A point that was removed meanwhile has nothing to be noted at.
        await tx.run(
          `INSERT INTO distributions SELECT name, ?, ? FROM distribution_points WHERE name = ?
           ON CONFLICT DO UPDATE SET verified_at_ms = excluded.verified_at_ms`,
          [content, verifiedAtMs, point],
        );
      }),
    distributions: async (point) => {
      const rows = await db.read(
        "SELECT content, verified_at_ms FROM distributions WHERE point = ? ORDER BY content",
        [point],
      );
      return rows.map((row) => ({
        content: text(row, "content"),
        verifiedAtMs: integer(row, "verified_at_ms"),
      }));
    },
  };
}

function parsePoint(row: Row): DistributionPoint {
  return {
    name: text(row, "name"),
    place: json<PointPlace>(row, "place"),
    createdAtMs: integer(row, "created_at_ms"),
  };
}
