import { closeSync, openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { driveBehind } from "./open-drive.ts";

async function makeDrive(): Promise<string> {
  const path = join(await makeTemporaryFolder(onTestFinished), "drive");
  await writeFile(path, Buffer.alloc(8192, 7));
  return path;
}

const block = Buffer.alloc(4096);

async function withDrive<Value>(
  path: string,
  mode: "r" | "r+",
  use: (drive: ReturnType<typeof driveBehind>) => Promise<Value>,
): Promise<Value> {
  const fd = openSync(path, mode);
  try {
    return await use(driveBehind(fd));
  } finally {
    closeSync(fd);
  }
}

test("driveBehind() writes and reads at the offset that was asked for", async () => {
  await withDrive(await makeDrive(), "r+", async (drive) => {
    expect(await drive.write(Buffer.alloc(4096, 9), 4096)).toMatchObject({ ok: true });
    expect(await drive.flush()).toMatchObject({ ok: true });
    const back = Buffer.alloc(8192);
    expect(await drive.read(back, 0)).toMatchObject({ ok: true });
    expect(back).toEqual(Buffer.concat([Buffer.alloc(4096, 7), Buffer.alloc(4096, 9)]));
  });
});

test("driveBehind() calls a read that gives nothing a drive that is gone", async () => {
  await withDrive(await makeDrive(), "r", async (drive) => {
    expect(await drive.read(block, 8192)).toMatchObject({ problem: { code: "drive_gone" } });
  });
});

test("driveBehind() calls a short read a failure and names the place", async () => {
  await withDrive(await makeDrive(), "r", async (drive) => {
    expect(await drive.read(block, 6144)).toMatchObject({
      problem: {
        code: "read_failed",
        detail: expect.stringContaining("bytes 6144 to 10239: 2048 bytes"),
      },
    });
  });
});

test("driveBehind() names the place of a failed write", async () => {
  await withDrive("/dev/full", "r+", async (drive) => {
    expect(await drive.write(block, 512)).toMatchObject({
      problem: {
        code: "write_failed",
        detail: expect.stringMatching(/bytes 512 to 4607: ENOSPC/),
        range: { offsetBytes: 512, lengthBytes: 4096 },
      },
    });
  });
});

test("driveBehind() reports what a descriptor cannot do", async () => {
  await withDrive("/proc/self/mem", "r", async (drive) => {
    expect(await drive.flush()).toMatchObject({ ok: false });
  });
});
