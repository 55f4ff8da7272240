import type { Manifest } from "./manifest.ts";
import { SEALED_SETTINGS_PATH } from "./stick-path.ts";

/** One file that only one of two manifests has, or that differs; `null` where it is not there. */
export type FileChange = {
  readonly path: string;
  readonly before: FileState | null;
  readonly after: FileState | null;
};

type FileState = { readonly sha256: string; readonly sizeBytes: number };

/** What a disk image is called among files. */
const IMAGE_PATH = "(disk image)";

/**
 * Every file that differs between two manifests, by path. The sealed settings are left out where both have them: they are
 * sealed anew each time, so that their digest says nothing.
 */
export function diffManifests(before: Manifest, after: Manifest): readonly FileChange[] {
  const [one, other] = [filesOf(before), filesOf(after)];
  const paths = [...new Set([...one.keys(), ...other.keys()])].sort();
  return paths.flatMap((path) => {
    const [old, now] = [one.get(path) ?? null, other.get(path) ?? null];
    if (old?.sha256 === now?.sha256) return [];
    if (path === SEALED_SETTINGS_PATH && old !== null && now !== null) return [];
    return [{ path, before: old, after: now }];
  });
}

function filesOf({ body }: Manifest): ReadonlyMap<string, FileState> {
  if (body.kind === "image") return new Map([[IMAGE_PATH, body.expanded]]);
  return new Map(body.files.map(({ path, blob }) => [path, blob]));
}
