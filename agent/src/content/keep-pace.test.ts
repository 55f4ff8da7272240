import { expect, test } from "vitest";
import { keepPace } from "./keep-pace.ts";

const LIMIT = { minBytesPerSecond: 1000, windowMs: 500 };

/** A source that takes so long for each piece, by a clock of its own. */
function source(pieces: readonly { readonly bytes: number; readonly ms: number }[]) {
  const clock = { nowMs: 0 };
  async function* give(): AsyncGenerator<Uint8Array> {
    for (const { bytes, ms } of pieces) {
      clock.nowMs += ms;
      yield Buffer.alloc(bytes);
    }
  }
  return { clock, bytes: give(), nowMs: () => clock.nowMs };
}

async function countBytes(
  taken: { bytes: number },
  pieces: AsyncIterable<Uint8Array>,
  eachMs = (): void => undefined,
): Promise<void> {
  for await (const piece of pieces) {
    taken.bytes += piece.length;
    eachMs();
  }
}

test("keepPace() hands on what comes fast enough", async () => {
  const { bytes, nowMs } = source(Array.from({ length: 50 }, () => ({ bytes: 100, ms: 100 })));
  const taken = { bytes: 0 };
  await countBytes(taken, keepPace(bytes, LIMIT, nowMs));
  expect(taken.bytes).toBe(5000);
});

test("keepPace() gives up a source that drips, after it has handed on what came", async () => {
  const { bytes, nowMs } = source(Array.from({ length: 50 }, () => ({ bytes: 99, ms: 100 })));
  const taken = { bytes: 0 };
  await expect(countBytes(taken, keepPace(bytes, LIMIT, nowMs))).rejects.toThrow(
    "990 bytes a second come, at least 1000 must",
  );
  expect(taken.bytes).toBe(5 * 99);
});

test("keepPace() judges each window by itself", async () => {
  const fast = Array.from({ length: 20 }, () => ({ bytes: 100_000, ms: 100 }));
  const slow = Array.from({ length: 20 }, () => ({ bytes: 1, ms: 100 }));
  const { bytes, nowMs } = source([...fast, ...slow]);
  const taken = { bytes: 0 };
  await expect(countBytes(taken, keepPace(bytes, LIMIT, nowMs))).rejects.toThrow("at least 1000");
  expect(taken.bytes).toBe(2_000_005);
});

test("keepPace() does not count how long the taker takes", async () => {
  const { bytes, clock, nowMs } = source(
    Array.from({ length: 50 }, () => ({ bytes: 100, ms: 100 })),
  );
  const taken = { bytes: 0 };
  const beSlow = (): void => {
    clock.nowMs += 60_000;
  };
  await countBytes(taken, keepPace(bytes, LIMIT, nowMs), beSlow);
  expect(taken.bytes).toBe(5000);
});

test("keepPace() without a limit waits for ever", async () => {
  const { bytes, nowMs } = source(Array.from({ length: 5 }, () => ({ bytes: 1, ms: 900_000 })));
  const taken = { bytes: 0 };
  await countBytes(taken, keepPace(bytes, null, nowMs));
  expect(taken.bytes).toBe(5);
});
