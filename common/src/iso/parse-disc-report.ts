/** Where the bytes of a file lie on a disc image, in order. */
export type DiscExtent = { readonly offsetBytes: number; readonly lengthBytes: number };

export type DiscReport = {
  /** By path without the leading "/". */
  readonly files: ReadonlyMap<string, readonly DiscExtent[]>;
  /** Regions that could not be read. */
  readonly badRegions: number;
};

const SECTOR_BYTES = 2048;
const FILE = /^File data lba:\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*'(.*)'$/;
const REGION = /^Media region\s*:\s*\d+\s*,\s*\d+\s*,\s*(\S)/;

/**
 * Read what xorriso prints for `-check_media` and for `-find / -type f -exec report_lba`; `null` when a line is of
 * another form.
 *
 * A large file has a line for each of its parts, each with the size of the whole file.
 * Source: xorriso(1) on report_lba; its quotes are the shell's, a quotation mark within is '"'"'.
 */
export function parseDiscReport(text: string): DiscReport | null {
  const files = new Map<string, DiscExtent[]>();
  let badRegions = 0;
  for (const line of text.split("\n")) {
    const region = REGION.exec(line);
    if (region !== null && region[1] !== "+") badRegions += 1;
    if (!line.startsWith("File data lba:")) continue;
    const [, , startSector, sectors, sizeBytes, quoted] = FILE.exec(line) ?? [];
    if (quoted === undefined) return null;
    const path = quoted.replaceAll(`'"'"'`, "'").replace(/^\//, "");
    const extents = files.get(path) ?? [];
    const doneBytes = extents.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    const lengthBytes = Math.min(Number(sectors) * SECTOR_BYTES, Number(sizeBytes) - doneBytes);
    if (lengthBytes < 0) return null;
    extents.push({ offsetBytes: Number(startSector) * SECTOR_BYTES, lengthBytes });
    files.set(path, extents);
  }
  return { files, badRegions };
}
