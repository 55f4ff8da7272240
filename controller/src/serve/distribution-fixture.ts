import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Content } from "@stickfarm/common/media/content";
import type { MediaDefinition } from "@stickfarm/common/media/definition";
import { blobPath } from "@stickfarm/common/media/distribution-point";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { blobOf, unwrap } from "../content/content-fixture.ts";
import { openLibrary } from "../content/library.ts";
import { openPointDoors } from "../content/point/point-doors.ts";
import { openFarm } from "../store/store-fixture.ts";
import type { Farm } from "./farm.ts";

type AtEnd = (close: () => Promise<void>) => void;

/** For tests: what distribution needs of a farm, with its library, and shares as distribution points. */
export async function openDistributionFarm(atEnd: AtEnd) {
  const { store } = await openFarm(atEnd);
  const directory = await makeTemporaryFolder(atEnd);
  const library = unwrap(await openLibrary(join(directory, "library")));
  const points = openPointDoors(library, { silenceMaxMs: 5000 });
  atEnd(async () => points.close());
  const clock = { nowMs: 1000 };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const parts = { store, library, points, nowMs: () => clock.nowMs, log };
  // What distribution does not need is not there.
  const farm = parts as unknown as Farm;
  return {
    farm,
    clock,
    /** A tree of these texts by path, in the library and the store. */
    addTree: async (name: string, texts: Readonly<Record<string, string>>): Promise<Content> => {
      const files = [];
      for (const [path, text] of Object.entries(texts)) {
        unwrap(await library.putBytes(Buffer.from(text)));
        files.push({ path, blob: blobOf(Buffer.from(text)), modifiedAtMs: 0 });
      }
      const body = { kind: "tree", files, emptyDirectories: [] } as const;
      const content = { name, digest: name, createdAtMs: 1, body, bootImage: null };
      return unwrap(await store.contents.add(content));
    },
    /** A share that is mounted, or not. */
    addShare: async (name: string, isMounted = true): Promise<string> => {
      const path = join(directory, name);
      if (isMounted) await mkdir(path);
      unwrap(await store.points.add({ name, place: { kind: "directory", path }, createdAtMs: 1 }));
      return path;
    },
    lose: (root: string, text: string) => rm(pathOf(root, text)),
    plant: async (root: string, text: string, bytes = text) => {
      const path = pathOf(root, text);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    },
    libraryRoot: join(directory, "library"),
  };
}

export function definitionOf(distributionPoints: readonly string[]): MediaDefinition {
  const metadata = { name: "disk", description: "", labels: {} };
  const spec = { image: { content: "x" }, passport: true, distributionPoints };
  return { kind: "DiskImage", metadata, spec };
}

function pathOf(root: string, text: string): string {
  return join(root, blobPath(blobOf(Buffer.from(text)).sha256));
}
