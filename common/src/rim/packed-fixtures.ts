import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import type { Compression } from "../media/manifest.ts";

/** 1 MiB: text lines, then zeros. For tests. */
export function expandedFixture(): Buffer {
  const lines = Array.from(
    { length: 2000 },
    (_, index) => `line ${(index * 7919) % 97} of the image\n`,
  );
  return Buffer.concat([Buffer.from(lines.join(""))], 1024 * 1024);
}

/** The same bytes, packed by xz 5.4.1, zstd 1.5.4 and bzip2 1.0.8, so that tests need none of them. */
export function packedFixture(compression: Compression): Buffer {
  switch (compression) {
    case "none":
      return expandedFixture();
    case "gzip":
      return gzipSync(expandedFixture());
    case "zip":
      return zipFixture([{ name: "disk.img", bytes: expandedFixture() }]);
    default:
      return Buffer.from(PACKED[compression], "base64");
  }
}

/** 64 MiB of zeros in 79 bytes. */
export function bzip2Bomb(): Buffer {
  return Buffer.from(
    "QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZvAS1wwCidcAAwAAACCAAIKQINjKKiE0qKi" +
      "E4u5IpwoSFALuD6A==",
    "base64",
  );
}

type ZipFixtureEntry = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Bit 0: encrypted. */
  readonly flags?: number;
  /** 8 is deflate. */
  readonly method?: number;
  readonly checksum?: number;
};

/** Source: APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16; lies are allowed. */
export function zipFixture(entries: readonly ZipFixtureEntry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const packed = deflateRawSync(entry.bytes);
    const name = Buffer.from(entry.name);
    const facts = zipFacts(entry, packed.length, name.length);
    const local = Buffer.concat([Buffer.from("504b0304", "hex"), facts, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("504b01021400", "hex"), facts, tail, name);
    bodies.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("504b0506", "hex");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, listing, end]);
}

function zipFacts(entry: ZipFixtureEntry, packedBytes: number, nameBytes: number): Buffer {
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(entry.flags ?? 0, 2);
  facts.writeUInt16LE(entry.method ?? 8, 4);
  facts.writeUInt32LE(entry.checksum ?? crc32(entry.bytes), 10);
  facts.writeUInt32LE(packedBytes, 14);
  facts.writeUInt32LE(entry.bytes.length, 18);
  facts.writeUInt16LE(nameBytes, 22);
  return facts;
}

const PACKED = {
  xz:
    "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM7///AcZdADYaSh8IoCYDTQad+LKlrKtLswU8MSuBtcyct3NxOTWiQjso0/" +
    "cd9gap0XbKEUGiLotvGMfEqtugJO217doKVDrUJgFf0zc78n0HkAE4bFW962FHGYZpMD9i5XaQ4jRjPGRdlR7v+PwJ" +
    "iSUh/5a+cxdrDCAB5lQ0clcjqJKcNLPithXTUt5kyorGa46be95vypsES/2QCYQkv2L/3++hyB6S2Z1aEBA86965aB" +
    "+YORYgZrf5yS7yM8i6OBOmSqTZJdgOJErk4zdN2yacA+88ri36k4N6xul2wzckM7HIOWtewfS51sCxkrlm46NztWe/" +
    "F6aWXknUwUAc9zqEE4Q6HsJD6DQMox45ugePn24Jg7zBLU9HZh1qtA1bMGOzPLZloyujyqJAJ4nFpGvLDicPnkxybn" +
    "/aFMOeqp+MXDeZ58UNVde5g4dYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgpZAk7gMsqbN+1O/DEvS5fqg8+" +
    "S2ZCkBMO/xCT+HF4WfgLzf+VKEYPqfx83vuaMC5WwI+F84OBwGXEJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJx" +
    "hcWYbpZlJYcufRjQAAAAAJpN8XePbkdwAB4gOAgEAAOvZsI7HEZ/sCAAAAAARZWg==",
  zstd:
    "KLUv/aQAABAAvAUAokweFJCrDVtL/l90d5KyuzftlOL7X/ADQNE5pONZW4Z31tN0Vud1VDxhbdVM33zkO60fxFIhmm" +
    "uWp7Tz76qnCslYlCWzJ/3cu/G46iSarEa9/POursPysUoitN7uzR/tK+ehMiS61l7MvhLPtoAwBgURiKMRCkY4ArEg" +
    "SWOoIRx+/w6QzbAbEkgQ+ASB0bf//9cBu1zsVjC1cV97CDTavKh5g8Orqi5qAMVl+psPOmFclBzFAWQVAgAQAAIAEA" +
    "ACABAAAgAQAAIAEAACABAAAwAQAE1WRnM=",
  bzip2:
    "QlpoOTFBWSZTWXW1yFAAXP1ZgMAQQIB/4CPnhAAACFADPPAAAIKAAAMmQUAAAZMgoAAAyZAmqpAA00BpkClVVPw096" +
    "qp6iYAGtEQ2bBUoXiqELLtSxSwpYJd0sqW5Lql2pYpd6WSPRNJidpNJiaTE0mkxOpNJpMTvJiYmkxNJpPMmJpNJieJ" +
    "MTSaTE0ngmkxNJiaTzJiaTSYneTSYnUneTonUnUnROpNJ5kxNJiaTxJiaTSYmk8ExNJpMTSeZMTSYmk7yaTE0mkxNJ" +
    "0T6hKr4+5PcnsnsnRPcnzk9k9ye5MTE0mk4TSaTSYmk7qi0mkxNJpPJNJpNJieFRYmk0mJpPMnCYmk0nhUWkxNJpMT" +
    "zJpOE0mJ4VF/xOxNJpMTSaT0TSaTsqLSaTE0mkxMT1JiYnaqLkmJpMTSaTqTknJOyouE9Sck5JwnCdE4TknZUXnknC" +
    "dick5JyTqTknCdgj9CQe6pB+qkH2qQaVSDOqQa1SDjVINapBnS0wIQ1qpBuqpB9oiH8XckU4UJB1tchQA=",
} as const;
