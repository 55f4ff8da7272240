/** Bytes of a drive or an image; fewer than asked for when it ends, none beyond its end. */
export type ReadBytes = (offsetBytes: number, lengthBytes: number) => Promise<Uint8Array>;
