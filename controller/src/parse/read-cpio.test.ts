import { expect, test } from "vitest";
import { concat, cpioArchive, cpioEntry } from "./cpio-fixture.ts";
import { startCpioReader } from "./read-cpio.ts";

const FILES = { "a/b.ko": "module", empty: "", keep: "kept text", last: "12345" };

/** What was seen, with the archive in pieces of so many bytes. */
function read(archive: Uint8Array, pieceBytes = archive.length) {
  const entries: string[] = [];
  const kept: Record<string, string> = {};
  const reader = startCpioReader({
    onEntry: (path) => entries.push(path),
    wants: (path) => path === "keep",
    onFile: (path, bytes) => {
      kept[path] = new TextDecoder().decode(bytes);
    },
  });
  let goesOn = true;
  for (let at = 0; at < archive.length && goesOn; at += pieceBytes) {
    goesOn = reader.update(archive.subarray(at, at + pieceBytes));
  }
  return { entries, kept, why: reader.finish(), otherAtByte: reader.otherAtByte() };
}

test.each([1, 3, 7, 110, 1000])(
  "startCpioReader() reads an archive in pieces of %i",
  (pieceBytes) => {
    expect(read(cpioArchive(FILES), pieceBytes)).toEqual({
      entries: [...Object.keys(FILES), "TRAILER!!!"],
      kept: { keep: "kept text" },
      why: null,
      otherAtByte: null,
    });
  },
);

test("startCpioReader() reads one archive after the other, and says where something else begins", () => {
  const [one, other] = [cpioArchive({ one: "1" }), cpioArchive({ two: "2" })];
  const gzip = Uint8Array.of(0x1f, 0x8b, 8, 0);
  const { entries, why, otherAtByte } = read(concat([one, other, gzip]), 50);
  expect(entries).toEqual(["one", "TRAILER!!!", "two", "TRAILER!!!"]);
  expect([why, otherAtByte]).toEqual([null, one.length + other.length]);
});

test("startCpioReader() takes nothing for an archive that is none", () => {
  expect(read(new TextEncoder().encode("text"))).toMatchObject({ why: null, otherAtByte: 0 });
  expect(read(new Uint8Array(0))).toMatchObject({ entries: [], why: null, otherAtByte: null });
});

test("startCpioReader() passes over what is wanted and too large to be kept", () => {
  const large = cpioEntry("keep", new Uint8Array(2 * 1024 * 1024));
  expect(read(large, 65_536)).toMatchObject({ entries: ["keep"], kept: {}, why: null });
});

test("startCpioReader() allocates nothing for a size that an entry only claims", () => {
  const entry = cpioEntry("x", new Uint8Array(0));
  entry.set(new TextEncoder().encode("ffffffff"), 54);
  expect(read(concat([entry, new Uint8Array(1000)])).why).toMatch(/in the middle of an entry/);
});

test.each([5, 60, 112, 120])(
  "startCpioReader() says that an archive ends early, at byte %i",
  (end) => {
    expect(read(cpioArchive(FILES).subarray(0, end)).why).toMatch(/ends in the middle of an entry/);
  },
);

test.each([
  ["another magic", 0, "070709", /no cpio header/],
  ["a size that is no number", 54, "xxxxxxxx", /no cpio header/],
  ["a name of 256 MiB", 94, "10000000", /268435456 bytes, at most 4096/],
  ["no name", 94, "00000000", /0 bytes, at most 4096/],
] as const)("startCpioReader() refuses %s", (_, at, text, why) => {
  const archive = cpioArchive(FILES);
  archive.set(new TextEncoder().encode(text), at);
  expect(read(archive).why).toMatch(why);
});
