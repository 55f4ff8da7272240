import type { MountLine } from "./parse-mounts.ts";

/**
 * File systems that ask another machine, or a process, for each file: one that does not answer holds whoever asks, for as
 * long as it likes. Source: /proc/filesystems of Debian's kernels; stat(1) --file-system knows them by the same names.
 */
const REMOTE = /^(nfs\d?|cifs|smb\d|smbfs|9p|ceph|afs|coda|ncpfs|lustre|virtiofs|autofs|fuse.*)$/;

export type FoundMount = {
  readonly mount: MountLine;
  /** Whether the file itself may be asked for; else what its mount says has to do. */
  readonly answers: boolean;
};

/** The mount that a path without links lies on; `null` when the list has none, not even "/". */
export function findMount(path: string, mounts: readonly MountLine[]): FoundMount | null {
  const above = mounts.filter(({ mountPoint }) => isWithin(path, mountPoint));
  // Of two at one place the later hides the earlier.
  const mount = above.reduce<MountLine | undefined>(
    (best, next) => (next.mountPoint.length >= (best?.mountPoint.length ?? 0) ? next : best),
    undefined,
  );
  if (mount === undefined) return null;
  // The way to the file leads through all of them.
  return { mount, answers: !above.some(({ fileSystem }) => REMOTE.test(fileSystem)) };
}

function isWithin(path: string, mountPoint: string): boolean {
  return path === mountPoint || path.startsWith(mountPoint === "/" ? "/" : `${mountPoint}/`);
}
