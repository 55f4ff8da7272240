import { alignUp } from "./align.ts";

/** The first cluster of the data area; entries 0 and 1 of the table are not clusters. */
export const FIRST_CLUSTER = 2;
export const FAT_ENTRY_BYTES = 4;

const MEDIA = 0x0ffffff8;
/** Both flags set: cleanly unmounted, no read or write errors. */
const CLEAN = 0x0fffffff;
const END_OF_CHAIN = 0x0fffffff;

/**
 * The used beginning of a file allocation table in which all chains are contiguous and follow each other.
 *
 * Shape:  a multiple of `blockBytes`; everything behind it is zero, that is, free.
 * Source: fatgen103 "FAT Data Structure".
 */
export function renderFat(chainClusters: readonly number[], blockBytes: number): Uint8Array {
  const used = chainClusters.reduce((sum, clusters) => sum + clusters, 0);
  const bytes = new Uint8Array(alignUp((FIRST_CLUSTER + used) * FAT_ENTRY_BYTES, blockBytes));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MEDIA, true);
  view.setUint32(FAT_ENTRY_BYTES, CLEAN, true);
  let cluster = FIRST_CLUSTER;
  for (const clusters of chainClusters) {
    for (const end = cluster + clusters; cluster < end; cluster++) {
      const next = cluster + 1 === end ? END_OF_CHAIN : cluster + 1;
      view.setUint32(cluster * FAT_ENTRY_BYTES, next, true);
    }
  }
  return bytes;
}
