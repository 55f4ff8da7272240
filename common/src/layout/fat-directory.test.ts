import { expect, test } from "vitest";
import { directoryBytes, renderDirectory } from "./fat-directory.ts";

const AT_MS = Date.UTC(2026, 1, 28, 13, 14, 17, 500);
const ROOT = { kind: "root", volumeLabel: "HQ BOOT", modifiedAtMs: AT_MS } as const;

function file(name: string, firstCluster = 5, sizeBytes = 9) {
  return { kind: "file", name, firstCluster, sizeBytes, modifiedAtMs: AT_MS } as const;
}

function records(bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes);
  return Array.from({ length: buffer.length / 32 }, (_, index) =>
    buffer.subarray(index * 32, index * 32 + 32),
  );
}

test("renderDirectory() begins the root with the volume label", () => {
  const [label, next] = records(renderDirectory(ROOT, []));
  expect(label?.toString("latin1", 0, 11)).toBe("HQ BOOT    ");
  expect(label?.[11]).toBe(0x08);
  expect(label?.readUInt16LE(26)).toBe(0);
  expect(next?.every((byte) => byte === 0)).toBe(true);
});

test("renderDirectory() gives a root without a label nothing of its own", () => {
  const [first] = records(renderDirectory({ ...ROOT, volumeLabel: "" }, [file("A")]));
  expect(first?.toString("latin1", 0, 11)).toBe("A          ");
});

test("renderDirectory() begins any other directory with itself and its parent", () => {
  const head = {
    kind: "nested",
    ownCluster: 0x12345,
    parentCluster: 7,
    modifiedAtMs: AT_MS,
  } as const;
  const [own, parent] = records(renderDirectory(head, []));
  expect(own?.toString("latin1", 0, 11)).toBe(".          ");
  expect([own?.[11], own?.readUInt16LE(20), own?.readUInt16LE(26)]).toEqual([0x10, 1, 0x2345]);
  expect(parent?.toString("latin1", 0, 11)).toBe("..         ");
  expect([parent?.[11], parent?.readUInt16LE(20), parent?.readUInt16LE(26)]).toEqual([0x10, 0, 7]);
});

test("renderDirectory() writes cluster, size and times of a file", () => {
  const record = records(renderDirectory(ROOT, [file("KERNEL.BIN", 0xabcdef1, 0xfffffffe)]))[1];
  const date = (46 << 9) | (2 << 5) | 28;
  const time = (13 << 11) | (14 << 5) | 8;
  expect(record?.toString("latin1", 0, 11)).toBe("KERNEL  BIN");
  expect(record?.[11]).toBe(0x20);
  expect(record?.[13]).toBe(150);
  expect([14, 16, 18, 22, 24].map((offset) => record?.readUInt16LE(offset))).toEqual([
    time,
    date,
    date,
    time,
    date,
  ]);
  expect([record?.readUInt16LE(20), record?.readUInt16LE(26)]).toEqual([0xabc, 0xdef1]);
  expect(record?.readUInt32LE(28)).toBe(0xfffffffe);
});

test("renderDirectory() puts a long name before its entry, last part first", () => {
  const [, last, first, entry] = records(renderDirectory(ROOT, [file("longer than 13 é")]));
  const units = (record: Buffer | undefined) =>
    [1, 14, 28]
      .map((from, part) => record?.toString("utf16le", from, from + [10, 12, 4][part]!))
      .join("");
  expect(units(first)).toBe("longer than 1");
  expect(units(last)).toBe(`3 é\0${"\uffff".repeat(9)}`);
  expect([last?.[0], first?.[0]]).toEqual([0x42, 0x01]);
  expect([last?.[11], first?.[11]]).toEqual([0x0f, 0x0f]);
  expect(entry?.toString("latin1", 0, 11)).toBe("LONGER~1   ");
  // The rule of fatgen103, worked out for "LONGER~1   ".
  expect([last?.[13], first?.[13]]).toEqual([checksum("LONGER~1   "), checksum("LONGER~1   ")]);
});

test("renderDirectory() writes no terminator behind a name of 13 units", () => {
  const [, part] = records(renderDirectory(ROOT, [file("thirteen.unit")]));
  expect(part?.[0]).toBe(0x41);
  expect(part?.toString("utf16le", 28, 32)).toBe("it");
});

test("directoryBytes() is what renderDirectory() writes", () => {
  const names = ["A", "a", "a".repeat(13), "a".repeat(14), "a".repeat(255), "日".repeat(27)];
  expect(directoryBytes(names)).toBe(32 * (2 + 1 + 2 + 2 + 3 + 21 + 4));
  expect(
    renderDirectory(
      ROOT,
      names.map((name) => file(name)),
    ).length,
  ).toBe(directoryBytes(names));
});

/** As the specification's own listing in C has it. */
function checksum(shortName: string): number {
  let sum = 0;
  for (const byte of Buffer.from(shortName, "latin1")) {
    sum = ((sum & 1 ? 0x80 : 0) + (sum >> 1) + byte) & 0xff;
  }
  return sum;
}
