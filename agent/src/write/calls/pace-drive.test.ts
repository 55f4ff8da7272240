import { KIB, MIB } from "@stickfarm/common/bytes";
import { fail, ok } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import type { OpenDrive } from "./open-drive.ts";
import { paceDrive } from "./pace-drive.ts";

type Wanted = { readonly bytesPerSecond: number };

/** A drive that does one thing after the other, on a clock that only its own work moves. */
function openSlowDrive({ bytesPerSecond }: Wanted) {
  const clock = { nowMs: 0 };
  const calls: { readonly offsetBytes: number; readonly lengthBytes: number }[] = [];
  let tail: Promise<void> = Promise.resolve();
  let inFlight = 0;
  let inFlightMost = 0;
  const transfer: OpenDrive["write"] = (buffer, offsetBytes) => {
    inFlight += 1;
    inFlightMost = Math.max(inFlightMost, inFlight);
    const done = tail.then(() => {
      clock.nowMs += (buffer.length * 1000) / bytesPerSecond;
      calls.push({ offsetBytes, lengthBytes: buffer.length });
      inFlight -= 1;
    });
    tail = done;
    return done.then(() => ok(undefined));
  };
  const drive: OpenDrive = { read: transfer, write: transfer, flush: async () => ok(undefined) };
  return { drive, calls, clock, inFlightMost: () => inFlightMost };
}

function paceSlow(wanted: Wanted) {
  const slow = openSlowDrive(wanted);
  const stop = new AbortController();
  const options = { readsMax: 4, writesMax: 2, signal: stop.signal, nowMs: () => slow.clock.nowMs };
  return { ...slow, stop, paced: paceDrive(slow.drive, options) };
}

const chunk = Buffer.alloc(4 * MIB);

test("paceDrive() moves every byte once, in order, in calls of less than half a second", async () => {
  const { paced, calls } = paceSlow({ bytesPerSecond: MIB });
  await Promise.all([paced.write(chunk, 0), paced.write(chunk, 4 * MIB)]);
  let at = 0;
  for (const call of calls) {
    expect(call.offsetBytes).toBe(at);
    at += call.lengthBytes;
  }
  expect(at).toBe(8 * MIB);
  expect(Math.max(...calls.map(({ lengthBytes }) => lengthBytes))).toBe(256 * KIB);
});

test.each([
  ["read", 4],
  ["write", 2],
] as const)("paceDrive() has a fast drive %s whole chunks, %i at once", async (doing, most) => {
  const { paced, calls, inFlightMost } = paceSlow({ bytesPerSecond: 400 * MIB });
  for (let at = 0; at < 8; at += 1) {
    await Promise.all([0, 1, 2, 3, 4, 5].map((lane) => paced[doing](chunk, lane * 4 * MIB)));
  }
  expect(calls.at(-1)).toMatchObject({ lengthBytes: 4 * MIB });
  expect(inFlightMost()).toBe(most);
});

test("paceDrive() takes no drive for slower because calls wait for each other in it", async () => {
  const { paced, calls } = paceSlow({ bytesPerSecond: 20 * MIB });
  for (let at = 0; at < 10; at += 1) {
    await Promise.all([0, 1, 2, 3].map((lane) => paced.read(chunk, lane * 4 * MIB)));
  }
  const lengths = calls.slice(-16).map(({ lengthBytes }) => lengthBytes / MIB);
  expect(lengths).toEqual(Array.from({ length: 16 }, () => 4));
});

test("paceDrive() ends within 2 s of a stop on a drive of 64 KiB/s", async () => {
  const { stop, clock, paced } = paceSlow({ bytesPerSecond: 64 * KIB });
  const lanes = Promise.all([paced.write(chunk, 0), paced.write(chunk, 4 * MIB)]);
  while (clock.nowMs < 10_000) await Promise.resolve();
  stop.abort();
  const interrupted = { problem: { code: "interrupted" } };
  expect(await lanes).toMatchObject([interrupted, interrupted]);
  expect(clock.nowMs).toBeLessThan(12_000);
});

test("paceDrive() passes a failure on and asks for nothing more of that buffer", async () => {
  let calls = 0;
  const broken: OpenDrive["write"] = async () => {
    calls += 1;
    return fail({ code: "write_failed", detail: "Cannot write the drive at byte 0: EIO" });
  };
  const options = {
    readsMax: 4,
    writesMax: 2,
    signal: new AbortController().signal,
    nowMs: () => 0,
  };
  const paced = paceDrive(
    { read: broken, write: broken, flush: async () => ok(undefined) },
    options,
  );
  expect(await paced.write(chunk, 0)).toMatchObject({ problem: { code: "write_failed" } });
  expect(await paced.write(chunk, 0)).toMatchObject({ problem: { code: "write_failed" } });
  expect(calls).toBe(2);
});
