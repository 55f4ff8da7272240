import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Db } from "./db.ts";
import { text } from "./row.ts";

export type BayLabel = { readonly agent: string; readonly bay: string; readonly label: string };

/** What people call the bays. A bay keeps its label while sticks come and go. */
export type LabelsStore = {
  /** An empty label takes the one away that is there. Problems: label_taken. */
  readonly set: (label: BayLabel) => Promise<Result<void>>;
  readonly list: () => Promise<readonly BayLabel[]>;
};

export function labelsStore(db: Db): LabelsStore {
  return {
    set: ({ agent, bay, label }) =>
      db.transaction(async (tx) => {
        const [other] = await tx.all(
          "SELECT bay FROM bay_labels WHERE agent = ? AND label = ? AND bay <> ?",
          [agent, label, bay],
        );
        if (other !== undefined) return fail(labelTaken(agent, label, text(other, "bay")));
        await tx.run("DELETE FROM bay_labels WHERE agent = ? AND bay = ?", [agent, bay]);
        if (label !== "")
          await tx.run("INSERT INTO bay_labels VALUES (?, ?, ?)", [agent, bay, label]);
        return ok(undefined);
      }),
    list: async () => {
      const rows = await db.read("SELECT * FROM bay_labels ORDER BY agent, bay");
      return rows.map((row) => ({
        agent: text(row, "agent"),
        bay: text(row, "bay"),
        label: text(row, "label"),
      }));
    },
  };
}

function labelTaken(agent: string, label: string, bay: string) {
  const detail = `Cannot call a bay of "${agent}" "${label}": bay "${bay}" has that label`;
  return { code: "label_taken", detail } as const;
}
