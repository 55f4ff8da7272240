/**
 * What a capacity check writes: blocks that say where they belong. Each begins with its own offset; the rest is this
 * attempt's random tag, so that what an earlier check left behind never passes, and one flipped bit shows.
 */

/** A multiple of every logical block. */
export const PROBE_BLOCK_BYTES = 4096;
const OFFSET_BYTES = 6;
/** The offset, and the same with every bit turned: a stamp that was hurt shows. */
const STAMP_BYTES = 2 * OFFSET_BYTES;
const ALL_BITS = 2 ** (8 * OFFSET_BYTES) - 1;
export const TAG_BYTES = PROBE_BLOCK_BYTES - STAMP_BYTES;
/** As many bytes of a tag as do not occur by chance. */
const KNOWN_BYTES = 16;

/** A tag that no attempt had before: it need not be a secret, and what makes secrets takes a tenth of a writer's start to load. */
export function newTag(random: () => number): Buffer {
  const tag = Buffer.alloc(TAG_BYTES);
  for (let at = 0; at < TAG_BYTES; at += 4) tag.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  return tag;
}

/** Fill a buffer that belongs at `offsetBytes` with blocks; the last may be cut short. */
export function stampBlocks(buffer: Buffer, offsetBytes: number, tag: Buffer): void {
  for (let at = 0; at < buffer.length; at += PROBE_BLOCK_BYTES) {
    buffer.writeUIntLE(offsetBytes + at, at, OFFSET_BYTES);
    buffer.writeUIntLE(ALL_BITS - offsetBytes - at, at + OFFSET_BYTES, OFFSET_BYTES);
    tag.copy(buffer, at + STAMP_BYTES);
  }
}

/** What stands where a block belongs: that block, another one of this attempt, or neither. */
export type FoundBlock =
  | { readonly kind: "good" }
  | { readonly kind: "foreign"; readonly belongsAtBytes: number }
  | { readonly kind: "lost" };

/** `block` is a whole block, or what is left of one at the end of the drive. */
export function recogniseBlock(block: Buffer, offsetBytes: number, tag: Buffer): FoundBlock {
  const isOurs = block.compare(tag, 0, block.length - STAMP_BYTES, STAMP_BYTES) === 0;
  // Addresses may be off by less than a block: then the tag begins in the middle.
  const tagAt = isOurs ? STAMP_BYTES : block.indexOf(tag.subarray(0, KNOWN_BYTES));
  if (tagAt < STAMP_BYTES) return { kind: "lost" };
  const stampAt = tagAt - STAMP_BYTES;
  const stamp = block.readUIntLE(stampAt, OFFSET_BYTES);
  if (block.readUIntLE(stampAt + OFFSET_BYTES, OFFSET_BYTES) !== ALL_BITS - stamp) {
    return { kind: "lost" };
  }
  const belongsAtBytes = stamp - stampAt;
  if (belongsAtBytes !== offsetBytes) return { kind: "foreign", belongsAtBytes };
  return isOurs ? { kind: "good" } : { kind: "lost" };
}
