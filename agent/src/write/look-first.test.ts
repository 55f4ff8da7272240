import type { AskCode } from "@stickfarm/common/drive/ask";
import {
  RECORDED_NAMES,
  type RecordedName,
  recordedBytes,
} from "@stickfarm/common/glance/test-volumes";
import { fail, ok } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import { type LookOrder, whyNotErase } from "./look-first.ts";
import { MIB, noise } from "./write-fixture.ts";

const PLAIN: readonly RecordedName[] = RECORDED_NAMES.filter((name) =>
  /^(fat|exfat|iso|udf|hybrid)/.test(name),
);

/** A drive of whole blocks: what is asked of it otherwise is a fault. */
function driveOf(content: Uint8Array, sizeBytes: number, blockBytes = 512) {
  return {
    read: async (buffer: Buffer, offsetBytes: number) => {
      if (offsetBytes % blockBytes !== 0 || buffer.length % blockBytes !== 0)
        throw new Error(`${offsetBytes}, ${buffer.length}: no whole blocks`);
      if (offsetBytes + buffer.length > sizeBytes) throw new Error("beyond the end");
      buffer.fill(0).set(content.subarray(offsetBytes, offsetBytes + buffer.length));
      return ok(undefined);
    },
  };
}

function orderOf(sizeBytes: number, overrides: readonly AskCode[] = []): LookOrder {
  const geometry = { sizeBytes, logicalBlockBytes: 512 };
  return { geometry, consent: { bay: "1", serial: "A1", overrides }, lookMs: 60_000 };
}

/** Smaller than what is read at once, so that reads are put together. */
const buffer = () => Buffer.alloc(4096);

async function codeOf(name: RecordedName, overrides: readonly AskCode[] = []) {
  const { bytes, sizeBytes } = recordedBytes(name);
  const why = await whyNotErase(driveOf(bytes, sizeBytes), orderOf(sizeBytes, overrides), buffer());
  return why?.code ?? null;
}

test.each(RECORDED_NAMES)(
  "whyNotErase() lets a yes erase %s when sticks carry such",
  async (name) => {
    expect(await codeOf(name)).toBe(PLAIN.includes(name) ? null : "drive_foreign_content");
  },
);

test("whyNotErase() lets a typed serial erase what is foreign, and the answer to another question does not", async () => {
  expect(await codeOf("luks2", ["drive_foreign_content"])).toBeNull();
  expect(await codeOf("luks2", ["drive_too_large"])).toBe("drive_foreign_content");
});

test("whyNotErase() says what it saw, and where", async () => {
  const { bytes, sizeBytes } = recordedBytes("luks2");
  expect(await whyNotErase(driveOf(bytes, sizeBytes), orderOf(sizeBytes), buffer())).toEqual({
    code: "drive_foreign_content",
    detail:
      'Cannot erase the drive "A1" in bay "1" by a yes alone: it holds "luks vault", must be blank, FAT, exFAT, a disc image or a stick of ours',
  });
});

test("whyNotErase() takes bytes that nothing knows for somebody's", async () => {
  const why = await whyNotErase(driveOf(noise(MIB), MIB), orderOf(MIB), buffer());
  expect(why?.code).toBe("drive_foreign_content");
});

test("whyNotErase() leaves a drive that cannot be read to the writer, and asks it no second time", async () => {
  let reads = 0;
  const broken = {
    read: async () => {
      reads += 1;
      return fail({ code: "read_failed", detail: "Cannot read the drive: EIO" } as const);
    },
  };
  expect(await whyNotErase(broken, orderOf(MIB), buffer())).toBeNull();
  expect(reads).toBe(1);
});

test("whyNotErase() gives up a drive that does not answer", async () => {
  const silent = { read: () => new Promise<never>(() => undefined) };
  expect(await whyNotErase(silent, { ...orderOf(MIB), lookMs: 20 }, buffer())).toEqual({
    code: "drive_hung",
    detail: "Cannot see what the drive holds: it has not answered for 0.02 s",
  });
});

test("whyNotErase() lets no fault of ours pass for a drive that cannot be read", async () => {
  const odd = { read: () => Promise.reject(new TypeError("no drive")) };
  await expect(whyNotErase(odd, orderOf(MIB), buffer())).rejects.toThrow("no drive");
});
