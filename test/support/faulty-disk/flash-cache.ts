/** What a fake stick remembers of its last writes, so that whoever reads at once finds what was written. */
export type FlashCache = {
  readonly keep: (buffer: Buffer, atBytes: number, cacheBytes: number) => void;
  readonly overlay: (buffer: Buffer, atBytes: number) => void;
};

const BLOCK_BYTES = 512;

/** A Map keeps the order in which its keys came: the oldest block goes first. */
export function openFlashCache(): FlashCache {
  const blocks = new Map<number, Buffer>();
  return {
    keep: (buffer, atBytes, cacheBytes) => {
      if (cacheBytes === 0) return blocks.clear();
      for (let from = 0; from < buffer.length; from += BLOCK_BYTES) {
        const block = (atBytes + from) / BLOCK_BYTES;
        blocks.delete(block);
        blocks.set(block, Buffer.from(buffer.subarray(from, from + BLOCK_BYTES)));
      }
      for (const oldest of blocks.keys()) {
        if (blocks.size * BLOCK_BYTES <= cacheBytes) return;
        blocks.delete(oldest);
      }
    },
    overlay: (buffer, atBytes) => {
      if (blocks.size === 0) return;
      for (let from = 0; from < buffer.length; from += BLOCK_BYTES) {
        blocks.get((atBytes + from) / BLOCK_BYTES)?.copy(buffer, from);
      }
    },
  };
}
