import { KIB, MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { CHUNK_BYTES } from "../work.ts";
import { callsInFlight, FIRST_PACE, learnPace, type Pace } from "./pace.ts";

/** The pace after so many calls to a drive of this speed. */
function paceAt(bytesPerSecond: number, calls = 20, from: Pace = FIRST_PACE): Pace {
  let pace = from;
  for (let call = 0; call < calls; call += 1) {
    const bytes = pace.strideBytes;
    pace = learnPace(pace, { bytes, ms: (bytes * 1000) / bytesPerSecond });
  }
  return pace;
}

test.each([
  [16 * KIB, 16 * KIB, 1],
  [64 * KIB, 16 * KIB, 1],
  [MIB, 256 * KIB, 1],
  [8 * MIB, 2 * MIB, 1],
  [17 * MIB, 4 * MIB, 2],
  [40 * MIB, 4 * MIB, 4],
  [1024 * MIB, 4 * MIB, 4],
])(
  "learnPace() asks a drive of %i B/s for %i bytes a call, %i of them at once",
  (speed, stride, calls) => {
    const pace = paceAt(speed);
    expect([pace.strideBytes, callsInFlight(pace, 4)]).toEqual([stride, calls]);
  },
);

test("callsInFlight() keeps to the most that it may", () => {
  expect(callsInFlight(paceAt(1024 * MIB), 2)).toBe(2);
});

test("learnPace() has what is in flight through in half a second, at every speed that it has learnt", () => {
  const broken: number[] = [];
  for (let speed = 64 * KIB; speed < 1024 * MIB; speed *= 1.3) {
    const pace = paceAt(speed);
    const seconds = (callsInFlight(pace, 4) * pace.strideBytes) / speed;
    if (seconds > 0.5) broken.push(speed);
  }
  expect(broken).toEqual([]);
});

test("learnPace() reaches whole chunks within the first chunk and doubles on the way", () => {
  expect(paceAt(1024 * MIB, 5).strideBytes).toBe(2 * MIB);
  expect(paceAt(1024 * MIB, 6).strideBytes).toBe(CHUNK_BYTES);
});

test("learnPace() comes down within two calls when a cache is full", () => {
  const slower = paceAt(MIB, 2, paceAt(100 * MIB));
  expect(slower.strideBytes).toBeLessThanOrEqual(256 * KIB);
});

test("learnPace() takes two calls that end together as one after the other", () => {
  let pace = paceAt(100 * MIB);
  for (let pair = 0; pair < 10; pair += 1) {
    pace = learnPace(pace, { bytes: 4 * MIB, ms: 2000 });
    pace = learnPace(pace, { bytes: 4 * MIB, ms: 0 });
  }
  expect(callsInFlight(pace, 4)).toBe(1);
  expect(pace.strideBytes).toBeLessThanOrEqual(2 * MIB);
});
