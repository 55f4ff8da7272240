import { ok, type Result } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import { watchCalls } from "./watch-calls.ts";

/** A drive whose calls end when the test says so, first come first. */
function openHeldDrive() {
  const ends: (() => void)[] = [];
  const held = () =>
    new Promise<Result<void>>((resolve) => {
      ends.push(() => resolve(ok(undefined)));
    });
  const { drive, calls } = watchCalls({ read: held, write: held, flush: held });
  const end = async (call: Promise<unknown>) => {
    ends.shift()?.();
    await call;
  };
  return { drive, calls, end };
}

test("watchCalls() names the oldest call that has not ended, and counts the rest", async () => {
  const { drive, calls, end } = openHeldDrive();
  expect(calls()).toEqual({ calls: 0, movedBytes: 0, waiting: null });
  const write = drive.write(Buffer.alloc(4096), 8192);
  const read = drive.read(Buffer.alloc(512), 0);
  expect(calls().waiting).toEqual({ call: "write", offsetBytes: 8192 });
  await end(write);
  expect(calls()).toEqual({
    calls: 1,
    movedBytes: 4096,
    waiting: { call: "read", offsetBytes: 0 },
  });
  await end(read);
  const flush = drive.flush();
  expect(calls().waiting).toEqual({ call: "flush", offsetBytes: 0 });
  await end(flush);
  expect(calls()).toEqual({ calls: 3, movedBytes: 4608, waiting: null });
});
