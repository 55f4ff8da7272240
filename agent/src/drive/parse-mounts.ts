export type MountLine = {
  /** "major:minor" as stat gives it for the files on it. */
  readonly deviceId: string;
  readonly mountPoint: string;
  /** Its kind, such as ext4 or fuse.sshfs. */
  readonly fileSystem: string;
  readonly source: string;
};

/**
 * Parse /proc/self/mountinfo. Lines that are none are left out: the kernel may add what it likes.
 *
 * Source: proc_pid_mountinfo(5).
 */
export function parseMountInfo(text: string): readonly MountLine[] {
  return text.split("\n").flatMap((line) => {
    const [before, after] = line.split(" - ");
    const [, , deviceId, , mountPoint] = before?.split(" ") ?? [];
    const [fileSystem, source] = after?.split(" ") ?? [];
    if (deviceId === undefined || mountPoint === undefined) return [];
    if (fileSystem === undefined || source === undefined) return [];
    const unescaped = { mountPoint: unescapeOctal(mountPoint), source: unescapeOctal(source) };
    return [{ deviceId, fileSystem, ...unescaped }];
  });
}

/** Parse /proc/swaps: the paths of files and devices in use. Source: proc_swaps(5). */
export function parseSwaps(text: string): readonly string[] {
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.split(/\s/)[0] ?? "")
    .filter((path) => path !== "")
    .map(unescapeOctal);
}

/** The kernel writes space, tab, newline and backslash as \040, \011, \012 and \134. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
