import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { type ByteSource, decodeStream, type ExpandInput } from "./byte-source.ts";

/** A third faster than with the default of 16 KiB. */
const CHUNK_BYTES = 1024 * 1024;

/** Files of several members, as pigz and `cat a.gz b.gz` make them, are read to the end. */
export function expandGzip({ path, doing }: ExpandInput): ByteSource {
  return decodeStream(doing, () =>
    // The error reaches the reader through the stream that it reads; there is nothing to do twice.
    pipeline(createReadStream(path), createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined),
  );
}
