import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobPath, type FetchPoint } from "@stickfarm/common/media/distribution-point";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import type { CacheOptions } from "./content-cache.ts";
import { openContentCache } from "./content-cache.ts";
import { openPointServers } from "./point-servers.ts";
import { openTestLibrary, refOf } from "./test-library.ts";

type AtEnd = (close: () => Promise<void>) => void;

export function webPoint(name: string, url: string, caPem: string | null = null): FetchPoint {
  return { name, place: { kind: "http", url, caPem } };
}

export function sharePoint(name: string, path: string): FetchPoint {
  return { name, place: { kind: "directory", path } };
}

/** Put bytes where a blob belongs below the root of a point, be they its own or not. */
export async function plantBlob(
  root: string,
  bytes: Buffer,
  { sha256 }: BlobRef = refOf(bytes),
): Promise<BlobRef> {
  const path = join(root, blobPath(sha256));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return { sha256, sizeBytes: bytes.length };
}

/** A cache that fetches from points, with a controller's library as one of them; warnings are kept. */
export async function openPointCache(
  atEnd: AtEnd,
  options: Partial<CacheOptions> & { readonly silenceMaxMs?: number } = {},
) {
  const directory = join(await makeTemporaryFolder(atEnd), "cache");
  const { library, blobServer } = await openTestLibrary(atEnd);
  const warnings: { readonly point: string; readonly code: string; readonly detail: string }[] = [];
  const log = {
    info: () => undefined,
    warn: (fields: object) => void warnings.push(fields as (typeof warnings)[number]),
    error: () => undefined,
  };
  const never = new AbortController().signal;
  const cache = await openContentCache(directory, blobServer, never, {
    log,
    retryMs: 1,
    ...options,
  });
  const { silenceMaxMs = 5000 } = options;
  const points = openPointServers(blobServer, { silenceMaxMs });
  atEnd(async () => points.close());
  const from = (...named: readonly FetchPoint[]) => cache.fetchingFrom(points.of(named));
  return { directory, library, cache, warnings, from };
}
