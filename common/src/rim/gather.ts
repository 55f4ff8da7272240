/** Large enough that a write costs little beside its bytes, small enough to show progress on a slow line. */
const PIECE_BYTES = 256 * 1024;

/**
 * The same bytes in fewer, larger pieces, of 256 KiB or `sizeBytes` if that is less: TLS gives 16 KiB at a time, and a
 * write for each of them costs more than what it writes. A piece is valid until the next one is asked for.
 *
 * When the source breaks, what came before is given first.
 */
export async function* gather(
  source: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(PIECE_BYTES, sizeBytes)));
  let filledBytes = 0;
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + buffer.length - filledBytes);
        buffer.set(part, filledBytes);
        filledBytes += part.length;
        at += part.length;
        if (filledBytes < buffer.length) continue;
        yield buffer;
        filledBytes = 0;
      }
    }
  } catch (error) {
    if (filledBytes > 0) yield buffer.subarray(0, filledBytes);
    throw error;
  }
  if (filledBytes > 0) yield buffer.subarray(0, filledBytes);
}
