import { isDeepStrictEqual } from "node:util";
import type { Drive } from "@stickfarm/common/drive/drive";
import type { Log } from "@stickfarm/common/log";

export type DriveWatch = {
  /** As they were last seen. */
  readonly seen: () => readonly Drive[];
  readonly onChange: (listener: (drives: readonly Drive[]) => void) => void;
  readonly close: () => void;
};

/** Who plugs a stick in looks at the table at once. */
const LOOK_EVERY_MS = 1000;

/** Looks at the drives again and again, and tells when they are not what they were. */
export async function watchDrives(
  look: () => Promise<readonly Drive[]>,
  log: Log,
): Promise<DriveWatch> {
  let seen = await look();
  let listener: (drives: readonly Drive[]) => void = () => undefined;
  let closed = false;
  let isFailing = false;
  const again = async (): Promise<void> => {
    const now = await look();
    isFailing = false;
    if (!closed && !isDeepStrictEqual(now, seen)) {
      seen = now;
      listener(now);
    }
    if (!closed) timer = setTimeout(lookAgain, LOOK_EVERY_MS);
  };
  const lookAgain = (): void => {
    again().catch((error: unknown) => {
      // A look that failed says nothing of the drives; the next one may.
      if (!isFailing) log.warn({ err: error }, "drives not seen");
      isFailing = true;
      if (!closed) timer = setTimeout(lookAgain, LOOK_EVERY_MS);
    });
  };
  let timer = setTimeout(lookAgain, LOOK_EVERY_MS);
  return {
    seen: () => seen,
    onChange: (next) => {
      listener = next;
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
