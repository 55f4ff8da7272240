/** Half a second of reads, half a second of silence: a rhythm that no other work has. */
const HALF_MS = 500;
/** Coprime to any number of pieces that is a power of two, and far apart: neither drive nor kernel has it at hand. */
const STRIDE = 40_503;

export function isLit(elapsedMs: number): boolean {
  return Math.floor(elapsedMs / HALF_MS) % 2 === 0;
}

/** How long until light turns to dark or dark to light. */
export function msToTurn(elapsedMs: number): number {
  return HALF_MS - (elapsedMs % HALF_MS);
}

/** Where the n-th read goes, in whole pieces inside the drive; `null` for a drive that has none. */
export function placeOfRead(
  count: number,
  { sizeBytes, pieceBytes }: { readonly sizeBytes: number; readonly pieceBytes: number },
): number | null {
  const pieces = Math.floor(sizeBytes / pieceBytes);
  return pieces === 0 ? null : ((count * STRIDE) % pieces) * pieceBytes;
}
