import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type DiscSettings,
  readDiscLabel,
  readDiscSettings,
} from "@stickfarm/common/iso/disc-settings";
import { mergeDiscs, type ReadDisc } from "@stickfarm/common/iso/merge-discs";
import { parseVolumeJson, VOLUME_JSON_PATH } from "@stickfarm/common/iso/volume-json";
import {
  AUTORUN_PATH,
  MEDIA_JSON_PATH,
  MEDIA_LABEL_PATH,
} from "@stickfarm/common/media/stick-path";
import { ok, type Result } from "@stickfarm/common/result";
import { completeIsoTree, type IsoTree } from "../../boot-image/complete-iso-tree.ts";
import { readIsoHead } from "../../content/read-iso-head.ts";
import { withIsoTree } from "../../content/read-iso-tree.ts";
import type { ScannedFile } from "../../content/scan-tree.ts";
import { type LocalTree, readLocalTree } from "../content/read-local.ts";
import { type Session, say } from "../shell/session.ts";
import type { LongStep } from "../shell/with-progress.ts";

/** The files of one or more discs, and what a definition of them has to say. */
export type Discs = { readonly tree: LocalTree; readonly settings: DiscSettings };

/**
 * Lay the files of discs out, put them together, and give them to `use`; they are gone afterwards.
 *
 * What stickfarm writes on each stick anew is left out: its own folder, the label's file, an autorun.inf of its own.
 *
 * Problems: those of `withIsoTree()`, `completeIsoTree()`, `readLocalTree()`, `mergeDiscs()`, `readDiscSettings()`, and of `use`.
 */
export async function withDiscs<Value>(
  session: Session,
  { paths, ...step }: LongStep & { readonly paths: readonly string[] },
  use: (discs: Discs) => Promise<Result<Value>>,
  read: readonly ReadDisc<ScannedFile>[] = [],
): Promise<Result<Value>> {
  const [path, ...others] = paths;
  if (path === undefined) {
    const discs = await putTogether(read);
    return discs.ok ? use(discs.value) : discs;
  }
  say(session, `Reading the files of "${path}"`);
  const used = await withIsoTree(path, { signal: step.signal }, async (folder) => {
    const completed = await completeForeign(session, { isoPath: path, folder }, step.signal);
    if (!completed.ok) return completed;
    const tree = await readLocalTree(session, { ...step, folder, loops: "leave-out" });
    if (!tree.ok) return tree;
    const disc = await describeDisc(path, tree.value);
    return withDiscs(session, { ...step, paths: others }, use, [...read, disc]);
  });
  return used.ok ? used.value : used;
}

/** A disc of ours has every loader as a file, and its files are what it lists; others may keep some apart. */
async function completeForeign(
  session: Session,
  tree: IsoTree,
  signal: AbortSignal,
): Promise<Result<void>> {
  if (existsSync(join(tree.folder, VOLUME_JSON_PATH))) return ok(undefined);
  const completed = await completeIsoTree(tree, { loadersRoot: "/", signal });
  if (!completed.ok) return completed;
  for (const line of completed.value) say(session, line);
  return ok(undefined);
}

async function describeDisc(
  path: string,
  { body, blobs }: LocalTree,
): Promise<ReadDisc<ScannedFile>> {
  const text = await readText(blobs, VOLUME_JSON_PATH);
  const volume = text === null ? null : parseVolumeJson(text);
  return { path, files: blobs, emptyDirectories: body.emptyDirectories, volume };
}

async function putTogether(discs: readonly ReadDisc<ScannedFile>[]): Promise<Result<Discs>> {
  const merged = mergeDiscs(discs);
  if (!merged.ok) return merged;
  const settings = await settingsOf(discs);
  if (!settings.ok) return settings;
  const isMade = ({ path }: ScannedFile): boolean =>
    path === MEDIA_LABEL_PATH || (path === AUTORUN_PATH && settings.value.output.autorun === true);
  const blobs = merged.value.files.filter((file) => !isMade(file));
  const files = blobs.map(({ path, blob, modifiedAtMs }) => ({ path, blob, modifiedAtMs }));
  const { emptyDirectories } = merged.value;
  const tree = { body: { kind: "tree", files, emptyDirectories }, blobs } as const;
  return ok({ tree, settings: settings.value });
}

async function settingsOf(discs: readonly ReadDisc<ScannedFile>[]): Promise<Result<DiscSettings>> {
  const [first] = discs;
  if (first === undefined) return ok({ output: {} });
  const mediaJson = first.volume === null ? null : await readText(first.files, MEDIA_JSON_PATH);
  if (mediaJson !== null) return readDiscSettings(first.path, mediaJson);
  const head = await readIsoHead(first.path);
  if (!head.ok) return head;
  const label = readDiscLabel(await readText(first.files, MEDIA_LABEL_PATH), head.value.volumeId);
  return ok({ output: label === null ? {} : { label } });
}

/** `null` when there is no such file. */
async function readText(files: readonly ScannedFile[], path: string): Promise<string | null> {
  const file = files.find((each) => each.path === path);
  return file === undefined ? null : await readFile(file.localPath, "utf8");
}
