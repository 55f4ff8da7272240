import { createReadStream } from "node:fs";
import { MIB } from "@stickfarm/common/bytes";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { hashFile } from "@stickfarm/common/rim/hash-file";
import type { FindTool } from "@stickfarm/common/rim/tools";
import { withSplitWim } from "../boot-image/split-wim.ts";
import type { Library } from "../content/library.ts";
import type { WimSplitsStore } from "../store/wim-splits-store.ts";

/**
 * The parts of a Windows image that is in the library, as blobs of the library. `doing` is the first half of every
 * problem's sentence.
 *
 * Problems: content_missing; those of withSplitWim and of Library.receive.
 */
export type SplitWim = (wim: BlobRef, doing: string) => Promise<Result<readonly BlobRef[]>>;

export type SplitterOptions = {
  readonly library: Library;
  readonly splits: WimSplitsStore;
  readonly partBytes?: number;
  readonly findTool?: FindTool;
};

/** What Windows' own guides split by; a part with one large file at its end still fits on FAT32. */
const PART_BYTES = 3800 * MIB;

/** Each file is split once: whoever asks meanwhile gets the same parts, and whoever asks later gets those recorded. */
export function createWimSplitter(options: SplitterOptions): SplitWim {
  const running = new Map<string, Promise<Result<readonly BlobRef[]>>>();
  return (wim, doing) => {
    const known = running.get(wim.sha256);
    if (known !== undefined) return known;
    const splitting = findOrSplit(wim, doing, options).finally(() => running.delete(wim.sha256));
    running.set(wim.sha256, splitting);
    return splitting;
  };
}

async function findOrSplit(
  wim: BlobRef,
  doing: string,
  { library, splits, partBytes = PART_BYTES, findTool }: SplitterOptions,
): Promise<Result<readonly BlobRef[]>> {
  const split = { sha256: wim.sha256, partBytes };
  const recorded = await splits.find(split);
  if (recorded !== null && (await hasAll(library, recorded))) return ok(recorded);
  if (!(await library.has(wim.sha256))) {
    const why = "the controller splits it from its own library, which does not hold it";
    return fail({ code: "content_missing", detail: `${doing}: ${why}` });
  }
  return withSplitWim(library.pathOf(wim.sha256), { doing, partBytes, findTool }, async (paths) => {
    const parts: BlobRef[] = [];
    for (const path of paths) {
      const kept = await keepFile(library, path);
      if (!kept.ok) return kept;
      parts.push(kept.value);
    }
    await splits.record(split, parts);
    return ok(parts);
  });
}

async function hasAll(library: Library, blobs: readonly BlobRef[]): Promise<boolean> {
  for (const { sha256 } of blobs) if (!(await library.has(sha256))) return false;
  return true;
}

async function keepFile(library: Library, path: string): Promise<Result<BlobRef>> {
  const hashed = await hashFile(path);
  if (!hashed.ok) return hashed;
  const { sha256, sizeBytes } = hashed.value;
  const received = await library.receive({ sha256, sizeBytes }, createReadStream(path));
  return received.ok ? ok({ sha256, sizeBytes }) : received;
}
