import { expect, test } from "vitest";
import { KIB, MIB } from "../bytes.ts";
import {
  parseTailRecord,
  RECORD_BYTES_MAX,
  renderTailRecord,
  tailRecordOffset,
} from "./tail-record.ts";

const FILES = [
  { path: "stickfarm/passport.json", bytes: Uint8Array.of(1, 2, 3), modifiedAtMs: 0 },
  { path: "stickfarm/größe", bytes: new Uint8Array(), modifiedAtMs: 0 },
];

function record(): Uint8Array {
  const rendered = renderTailRecord(FILES);
  if (rendered === null) throw new Error("does not fit");
  return rendered;
}

test("parseTailRecord() gives back what renderTailRecord() made, whatever lies behind it", () => {
  const files = new Map(FILES.map(({ path, bytes }) => [path, bytes]));
  expect(parseTailRecord(record())).toEqual(files);
  expect(parseTailRecord(Uint8Array.of(...record(), ...new Uint8Array(500).fill(7)))).toEqual(
    files,
  );
});

test("parseTailRecord() takes no other bytes for a record", () => {
  const whole = record();
  const wrong: unknown[] = [];
  for (let at = 0; at < whole.length; at++) {
    const changed = whole.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    // Four bytes of the header say nothing.
    if (at < 28 || at > 31) wrong.push(parseTailRecord(changed));
    wrong.push(parseTailRecord(whole.subarray(0, at)));
  }
  wrong.push(parseTailRecord(new Uint8Array(4096)));
  expect(wrong.filter((parsed) => parsed !== null)).toEqual([]);
});

test("renderTailRecord() makes none of what does not fit", () => {
  const [file] = FILES;
  if (file === undefined) throw new Error("no file");
  const of = (count: number) => renderTailRecord([{ ...file, bytes: new Uint8Array(count) }]);
  const bytesMax = RECORD_BYTES_MAX - 32 - 8 - file.path.length;
  expect(of(bytesMax)?.length).toBe(RECORD_BYTES_MAX);
  expect(of(bytesMax + 1)).toBeNull();
});

test.each([64 * MIB, 64 * MIB + 512, 64 * MIB + 3584])(
  "tailRecordOffset() leaves the last 128 KiB of %d bytes alone",
  (driveBytes) => {
    const offset = tailRecordOffset(driveBytes);
    expect(offset % 4096).toBe(0);
    expect(offset + RECORD_BYTES_MAX).toBeLessThanOrEqual(driveBytes - 128 * KIB);
  },
);
