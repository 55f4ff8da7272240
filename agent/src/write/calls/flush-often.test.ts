import { fail, ok } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import { flushOften } from "./flush-often.ts";
import type { OpenDrive } from "./open-drive.ts";

const block = Buffer.alloc(4096);

/** A drive whose flushes fail from the given one on, once each, as the kernel does it. */
function openDrive({ flushFailing = Number.POSITIVE_INFINITY, writesFail = false } = {}) {
  const calls: string[] = [];
  let flushes = 0;
  const drive: OpenDrive = {
    read: async () => ok(undefined),
    write: async () => {
      calls.push("write");
      if (!writesFail) return ok(undefined);
      return fail({ code: "drive_gone", detail: "Cannot write the drive: ENODEV" });
    },
    flush: async () => {
      calls.push("flush");
      flushes += 1;
      if (flushes !== flushFailing) return ok(undefined);
      return fail({ code: "write_failed", detail: "Cannot flush the drive: EIO" });
    },
  };
  return { drive, calls };
}

test("flushOften() flushes after so many bytes, and counts anew after any flush", async () => {
  const { drive, calls } = openDrive();
  const flushed = flushOften(drive, 8192);
  for (let at = 0; at < 4; at += 1) await flushed.write(block, at * 4096);
  expect(calls.join(" ")).toBe("write write flush write write flush");
  calls.length = 0;
  await flushed.write(block, 0);
  await flushed.flush();
  await flushed.write(block, 0);
  expect(calls.join(" ")).toBe("write flush write");
});

test("flushOften() fails the write whose flush failed, and never asks again", async () => {
  const { drive, calls } = openDrive({ flushFailing: 1 });
  const flushed = flushOften(drive, 4096);
  const lost = { problem: { code: "write_failed" } };
  expect(await flushed.write(block, 0)).toMatchObject(lost);
  expect(await flushed.flush()).toMatchObject(lost);
  expect(await flushed.write(block, 0)).toMatchObject(lost);
  expect(calls.join(" ")).toBe("write flush write");
});

test("flushOften() passes on that a write failed, and does not flush for it", async () => {
  const { drive, calls } = openDrive({ writesFail: true });
  const flushed = flushOften(drive, 4096);
  expect(await flushed.write(block, 0)).toMatchObject({ problem: { code: "drive_gone" } });
  expect(calls.join(" ")).toBe("write");
});
