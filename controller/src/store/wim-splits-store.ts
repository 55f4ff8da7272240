import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Db } from "./db.ts";
import { json } from "./row.ts";

export type WimSplit = {
  /** Of the whole file. */
  readonly sha256: string;
  /** What a part was to have at most. */
  readonly partBytes: number;
};

/**
 * What Windows images were split into. Splitting takes minutes, and each time gives other bytes, because wimlib numbers
 * its sets by dice: a revision compiles to the same manifest because the outcome is kept.
 */
export type WimSplitsStore = {
  readonly find: (split: WimSplit) => Promise<readonly BlobRef[] | null>;
  /** In the place of parts that were lost, if there were any. */
  readonly record: (split: WimSplit, parts: readonly BlobRef[]) => Promise<void>;
};

export function wimSplitsStore(db: Db): WimSplitsStore {
  return {
    find: async ({ sha256, partBytes }) => {
      const query = "SELECT parts FROM wim_splits WHERE sha256 = ? AND part_bytes = ?";
      const [row] = await db.read(query, [sha256, partBytes]);
      return row === undefined ? null : json<readonly BlobRef[]>(row, "parts");
    },
    record: async (split, parts) => {
      await db.transaction((tx) =>
        tx.run("INSERT OR REPLACE INTO wim_splits VALUES (?, ?, ?)", [
          split.sha256,
          split.partBytes,
          JSON.stringify(parts),
        ]),
      );
    },
  };
}
