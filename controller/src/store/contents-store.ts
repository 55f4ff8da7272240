import type { Content } from "@stickfarm/common/media/content";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Db, Row, Tx } from "./db.ts";
import { json, text } from "./row.ts";

/** Named content. Immutable: a name means the same bytes for ever. */
export type ContentsStore = {
  /** Idempotent, but that what a newer version reads from the same files is kept. Problems: name_taken, when the name stands for other bytes. */
  readonly add: (content: Content) => Promise<Result<Content>>;
  readonly find: (name: string) => Promise<Content | null>;
  readonly list: () => Promise<readonly Content[]>;
};

export function contentsStore(db: Db): ContentsStore {
  return {
    add: (content) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all("SELECT digest, body FROM contents WHERE name = ?", [
          content.name,
        ]);
        if (row !== undefined) {
          if (text(row, "digest") === content.digest) return ok(await refresh(tx, row, content));
          return fail({
            code: "name_taken",
            detail: `Cannot add content "${content.name}": the name stands for other content already`,
          });
        }
        await tx.run("INSERT INTO contents VALUES (?, ?, ?, ?)", [
          content.name,
          content.digest,
          JSON.stringify(content),
          content.createdAtMs,
        ]);
        return ok(content);
      }),
    find: async (name) => {
      const [row] = await db.read("SELECT body FROM contents WHERE name = ?", [name]);
      return row === undefined ? null : contentOf(row);
    },
    list: async () => {
      const rows = await db.read("SELECT body FROM contents ORDER BY name");
      return rows.map((row) => contentOf(row));
    },
  };
}

/** Rows of older versions lack what those did not read. */
function contentOf(row: Row): Content {
  const content = json<Content>(row, "body");
  const { bootImage } = content;
  if (bootImage === null) return content;
  return { ...content, bootImage: { ...bootImage, details: bootImage.details ?? null } };
}

async function refresh(tx: Tx, row: Row, added: Content): Promise<Content> {
  const stored = contentOf(row);
  if ((added.bootImage?.details ?? null) === null || stored.bootImage === null) return stored;
  const content = { ...stored, bootImage: added.bootImage };
  await tx.run("UPDATE contents SET body = ? WHERE name = ?", [
    JSON.stringify(content),
    content.name,
  ]);
  return content;
}
