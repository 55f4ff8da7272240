const FIRST_MS = Date.UTC(1980, 0, 1);
const LAST_MS = Date.UTC(2107, 11, 31, 23, 59, 59, 990);

export type FatTimestamp = {
  readonly date: number;
  /** Steps of 2 s. */
  readonly time: number;
  /** Steps of 10 ms, 0 to 199, on top of `time`. */
  readonly hundredths: number;
};

/**
 * A moment as FAT stores it. FAT has no zone; ours are UTC, so that a stick does not depend on where it was made.
 *
 * Shape:  what lies before 1980 or behind 2107 becomes the first or last moment that FAT knows.
 * Source: fatgen103 "FAT Directory Structure", date and time formats.
 */
export function fatTimestamp(atMs: number): FatTimestamp {
  const at = new Date(Math.min(Math.max(atMs, FIRST_MS), LAST_MS));
  const day = at.getUTCDate();
  const month = at.getUTCMonth() + 1;
  const year = at.getUTCFullYear() - 1980;
  const seconds = at.getUTCSeconds();
  return {
    date: (year << 9) | (month << 5) | day,
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (seconds >> 1),
    hundredths: (seconds % 2) * 100 + Math.floor(at.getUTCMilliseconds() / 10),
  };
}
