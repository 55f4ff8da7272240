/** What a computer starts a stick with. */
export const FIRMWARES = ["bios", "uefi", "secureboot"] as const;
export type Firmware = (typeof FIRMWARES)[number];

/**
 * What a machine came to that was started with the media:
 * `seen` the pattern was on its console; `notSeen` it was not, until time was up or the machine ended;
 * `nothingBoots` the firmware said that it found nothing to start; `watched` no pattern was given: nothing is proven,
 * whoever looks at the picture may judge.
 */
export const BOOT_VERDICTS = ["seen", "notSeen", "nothingBoots", "watched"] as const;
export type BootVerdict = (typeof BOOT_VERDICTS)[number];

/** One boot of one compiled revision, kept with it. */
export type BootProof = {
  readonly firmware: Firmware;
  readonly verdict: BootVerdict;
  /** A regular expression; `null`: none was given. */
  readonly pattern: string | null;
  /** From the start of the machine to the verdict. */
  readonly elapsedMs: number;
  readonly manifestSha256: string;
};

/** What was on the console; more than this is cut at its beginning. */
export const CONSOLE_CHARACTERS_MAX = 256 * 1024;
/** A picture of the machine's screen. */
export const SCREENSHOT_BYTES_MAX = 4 * 1024 * 1024;
export const PATTERN_CHARACTERS_MAX = 500;
