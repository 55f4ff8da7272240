import type { BlobRef } from "@stickfarm/common/media/manifest";
import { ok, type Result } from "@stickfarm/common/result";
import { bringChecked } from "./bring-blob.ts";
import { readCachedVersion } from "./check-cached.ts";
import { openFlights, type Work } from "./flights.ts";

export type OnBytes = (count: number) => void;

export type Asking = { readonly onBytes: OnBytes; readonly signal: AbortSignal };

/** `totalBytes` is what the work reports when it is done. */
export type Goal = { readonly blob: BlobRef; readonly totalBytes: number };

export type BringOnce = {
  /**
   * Make sure of a blob: what is known to be whole is used as it is, what was left by an earlier run is checked, and
   * what is not there is brought by `work`, once at a time for all who ask.
   */
  readonly bring: (goal: Goal, asking: Asking, work: Work) => Promise<Result<void>>;
  /** Nothing is known any more. */
  readonly doubt: () => void;
};

export function bringOnce(directory: string): BringOnce {
  const flights = openFlights();
  /** Versions of the files that this run has checked. */
  const known = new Map<string, string>();
  return {
    bring: async ({ blob, totalBytes }, { onBytes, signal }, work) => {
      const teller = tellBytes(totalBytes, onBytes);
      const version = await readCachedVersion(directory, blob);
      if (version === null || version !== known.get(blob.sha256)) {
        const checked: Work = (...flight) => bringChecked(directory, blob, work, flight);
        const bring = version === null ? work : checked;
        const traveller = { onProgress: teller.report, signal };
        const brought = await flights.join(blob.sha256, bring, traveller);
        if (!brought.ok) return brought;
        const newVersion = await readCachedVersion(directory, blob);
        if (newVersion !== null) known.set(blob.sha256, newVersion);
      }
      teller.report(totalBytes);
      return ok(undefined);
    },
    doubt: () => known.clear(),
  };
}

/** Turns "so far" into "so many more": each byte is told once, also when it had to be done twice. */
function tellBytes(totalBytes: number, onBytes: OnBytes) {
  let toldBytes = 0;
  return {
    report: (doneBytes: number): void => {
      const newBytes = Math.min(doneBytes, totalBytes) - toldBytes;
      if (newBytes <= 0) return;
      toldBytes += newBytes;
      onBytes(newBytes);
    },
  };
}
