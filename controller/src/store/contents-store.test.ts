import { join } from "node:path";
import type { BootImageDetails } from "@stickfarm/common/media/boot-image-facts";
import type { BootImageFacts, Content } from "@stickfarm/common/media/content";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { contentsStore } from "./contents-store.ts";
import { openStore } from "./open-store.ts";

const DETAILS: BootImageDetails = {
  loaders: [],
  kernels: [],
  windowsImages: [],
  drivers: { declared: [], found: ["net"] },
};
const OLD: BootImageFacts = { architectures: ["x64"], biosBoot: "none", details: null };

function contentWith(bootImage: BootImageFacts | null, digest = "d1"): Content {
  const body = { kind: "tree", files: [], emptyDirectories: [] } as const;
  return { name: "winpe", digest, createdAtMs: 7, body, bootImage };
}

test("find() gives rows of an older version, which had no details, without details", async () => {
  const { db, contents } = await openContents();
  const { details: _, ...facts } = OLD;
  const row = JSON.stringify({ ...contentWith(null), bootImage: facts });
  await db.transaction((tx) =>
    tx.run("INSERT INTO contents VALUES (?, ?, ?, ?)", ["winpe", "d1", row, 7]),
  );
  expect(await contents.find("winpe")).toEqual(contentWith(OLD));
  expect(await contents.list()).toEqual([contentWith(OLD)]);
});

test("add() keeps what a newer version reads from the same files, and their time", async () => {
  const { contents } = await openContents();
  await contents.add(contentWith(OLD));
  const read = contentWith({ ...OLD, details: DETAILS });
  expect(await contents.add({ ...read, createdAtMs: 9 })).toEqual({ ok: true, value: read });
  expect(await contents.find("winpe")).toEqual(read);
  // An older version's client takes nothing away.
  expect(await contents.add(contentWith(OLD))).toEqual({ ok: true, value: read });
});

test("add() gives no name to two contents", async () => {
  const { contents } = await openContents();
  await contents.add(contentWith(OLD));
  const other = await contents.add(contentWith({ ...OLD, details: DETAILS }, "d2"));
  expect(other).toMatchObject({ ok: false, problem: { code: "name_taken" } });
  expect(await contents.find("winpe")).toEqual(contentWith(OLD));
});

async function openContents() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const opened = await openStore(join(folder, "store.sqlite"));
  if (!opened.ok) throw new Error(opened.problem.detail);
  onTestFinished(() => opened.value.close());
  return { db: opened.value, contents: contentsStore(opened.value) };
}
