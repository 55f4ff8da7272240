/** The package's block decoder: its stream decodes everything it holds at once, whatever comes out. */
declare module "unbzip2-stream/lib/bzip2.js" {
  type ReadBits = {
    (count: number | null): number;
    readonly bytesRead: number;
  };
  const bzip2: {
    /** Blocks of so many hundred thousand bytes follow. */
    readonly header: (bits: ReadBits) => number;
    /** Decodes one block; `null` at the end of a stream, else the checksum so far. */
    readonly decompress: (
      bits: ReadBits,
      onByte: (byte: number) => void,
      work: Int32Array,
      workLength: number,
      checksum: number,
    ) => number | null;
  };

  // biome-ignore lint/style/noDefaultExport: CommonJS, this is all that it exports
  export { bzip2 as default };
}

declare module "unbzip2-stream/lib/bit_iterator.js" {
  type ReadBits = {
    (count: number | null): number;
    readonly bytesRead: number;
  };
  function iterateBits(nextBuffer: () => Uint8Array): ReadBits;

  // biome-ignore lint/style/noDefaultExport: CommonJS, this is all that it exports
  export { iterateBits as default };
}
