export type VolumeName = {
  /** Counts from 1. */
  readonly volume: number;
  readonly of: number;
  readonly fileName: string;
  /** ISO volume identifier. */
  readonly label: string;
};

/** ECMA-119 8.4.7 has room for so many bytes, in UTF-8 here. */
const LABEL_BYTES_MAX = 32;
/** Joliet, which Windows reads, has room for 16 UTF-16 units: in a set the number must be seen. */
const SET_LABEL_BYTES_MAX = 16;

/**
 * What the discs of a set are called: the plain names for one disc, numbers in both for more.
 *
 * Shape: "hq.iso" and "HQ BOOT"; or "hq-01.iso" and "HQ BOOT 1of3".
 */
export function nameVolumes(
  { fileName, label }: { readonly fileName: string; readonly label: string },
  count: number,
): readonly VolumeName[] {
  const [base, extension] = [fileName.slice(0, -4), fileName.slice(-4)];
  const digits = Math.max(2, String(count).length);
  return Array.from({ length: count }, (_, index): VolumeName => {
    const volume = index + 1;
    if (count === 1) return { volume, of: 1, fileName, label: cut(label, LABEL_BYTES_MAX, "") };
    const number = String(volume).padStart(digits, "0");
    return {
      volume,
      of: count,
      fileName: `${base}-${number}${extension}`,
      label: cut(label, SET_LABEL_BYTES_MAX, ` ${volume}of${count}`),
    };
  });
}

/** As much of the text as leaves room for the suffix, no character halved. */
function cut(text: string, bytesMax: number, suffix: string): string {
  const encoder = new TextEncoder();
  let kept = "";
  for (const character of text) {
    if (encoder.encode(kept + character + suffix).length > bytesMax) break;
    kept += character;
  }
  return kept.trimEnd() + suffix;
}
