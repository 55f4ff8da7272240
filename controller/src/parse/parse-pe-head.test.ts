import { expect, test } from "vitest";
import { listPkcs7, PE_HEAD_BYTES, parsePeHead } from "./parse-pe-head.ts";

const PE_OFFSET = 0x80;
const FILE_BYTES = 10_000;

type Program = {
  readonly machine?: number;
  readonly magic?: number;
  readonly directories?: number;
  readonly certificatesAt?: number;
  readonly certificatesBytes?: number;
};

/** The beginning of a program with the fields that are looked at. */
function program(fields: Program = {}): Uint8Array {
  const { machine = 0x8664, magic = 0x20b, directories = 16 } = fields;
  const { certificatesAt = 0, certificatesBytes = 0 } = fields;
  const head = new Uint8Array(PE_HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint16(0, 0x5a4d, true);
  view.setUint32(0x3c, PE_OFFSET, true);
  view.setUint32(PE_OFFSET, 0x4550, true);
  view.setUint16(PE_OFFSET + 4, machine, true);
  view.setUint16(PE_OFFSET + 24, magic, true);
  const at = PE_OFFSET + 24 + (magic === 0x20b ? 112 : 96);
  view.setUint32(at - 4, directories, true);
  view.setUint32(at + 32, certificatesAt, true);
  view.setUint32(at + 36, certificatesBytes, true);
  return head;
}

test.each([
  [0x8664, 0x20b, "x64"],
  [0x014c, 0x10b, "x86"],
  [0xaa64, 0x20b, "arm64"],
  [0x01c4, 0x10b, null],
] as const)("parsePeHead() knows machine 0x%s", (machine, magic, architecture) => {
  expect(parsePeHead(program({ machine, magic }), FILE_BYTES)).toEqual({
    architecture,
    signedRanges: [{ offsetBytes: 0, lengthBytes: FILE_BYTES }],
    certificates: { offsetBytes: 0, lengthBytes: 0 },
  });
});

test("parsePeHead() leaves the signatures, their entry and the checksum out of what is signed", () => {
  const head = program({ certificatesAt: 9000, certificatesBytes: 1000 });
  const checksum = PE_OFFSET + 24 + 64;
  const entry = PE_OFFSET + 24 + 112 + 32;
  expect(parsePeHead(head, FILE_BYTES)).toMatchObject({
    certificates: { offsetBytes: 9000, lengthBytes: 1000 },
    signedRanges: [
      { offsetBytes: 0, lengthBytes: checksum },
      { offsetBytes: checksum + 4, lengthBytes: entry - checksum - 4 },
      { offsetBytes: entry + 8, lengthBytes: 9000 - entry - 8 },
      { offsetBytes: 10_000, lengthBytes: 0 },
    ],
  });
});

test("parsePeHead() does not look for signatures where there is no entry for them", () => {
  const head = program({ directories: 4, certificatesAt: 9000, certificatesBytes: 1000 });
  expect(parsePeHead(head, FILE_BYTES)).toMatchObject({ certificates: { lengthBytes: 0 } });
});

test.each([
  ["nothing", new Uint8Array(0)],
  [
    "a text",
    new TextEncoder().encode("MZ is how a program begins, and this is none of them: it is text"),
  ],
  ["a kernel without EFI stub", program().fill(0, PE_OFFSET, PE_OFFSET + 4)],
  ["an offset outside of it", withOffset(0xffff_fff0)],
])("parsePeHead() finds no program in %s", (_, head) => {
  expect(parsePeHead(head, FILE_BYTES)).toBeNull();
});

test.each([
  ["signatures that it has no more", program({ certificatesAt: 9000, certificatesBytes: 1001 })],
  ["signatures in its header", program({ certificatesAt: 8, certificatesBytes: 100 })],
  ["signatures of 2 MiB", program({ certificatesAt: 9000, certificatesBytes: 2 ** 21 })],
  ["an unknown optional header", program({ magic: 0x107 })],
  ["a cut header", program().subarray(0, PE_OFFSET + 26)],
])("parsePeHead() says what is wrong with %s", (_, head) => {
  expect(typeof parsePeHead(head, FILE_BYTES)).toBe("string");
});

function withOffset(offset: number): Uint8Array {
  const head = program();
  new DataView(head.buffer).setUint32(0x3c, offset, true);
  return head;
}

test("listPkcs7() gives the signatures of a table, and stops where it is not one", () => {
  const entry = (bytes: number, kind: number, fill: number): number[] => {
    const head = [bytes & 0xff, bytes >> 8, 0, 0, 0, 2, kind, 0];
    const padded = Math.ceil(bytes / 8) * 8;
    return [
      ...head,
      ...Array<number>(bytes - 8).fill(fill),
      ...Array<number>(padded - bytes).fill(0),
    ];
  };
  const table = Uint8Array.from([...entry(11, 2, 7), ...entry(16, 1, 8), ...entry(12, 2, 9)]);
  expect(listPkcs7(table)).toEqual([Uint8Array.of(7, 7, 7), Uint8Array.of(9, 9, 9, 9)]);
  expect(listPkcs7(Uint8Array.of(...entry(11, 2, 7), 200, 0, 0, 0, 0, 2, 2, 0, 1))).toHaveLength(1);
  expect(listPkcs7(Uint8Array.of(0, 0, 0, 0, 0, 2, 2, 0, 1))).toEqual([]);
});
