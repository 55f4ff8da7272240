import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ok } from "../result.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { writeAll } from "./write-all.ts";

const doing = "Cannot keep it";

test("writeAll() goes on when the system takes the bytes in parts", async () => {
  const path = join(await makeTemporaryFolder(onTestFinished), "file");
  const file = await open(path, "w");
  const inParts = {
    write: (bytes: Uint8Array, offset: number, length: number, position: number) =>
      file.write(bytes, offset, Math.min(length, 7), position),
  };
  const bytes = Buffer.from("every one of these bytes, in its place");
  expect(await writeAll(inParts, bytes, { doing, atByte: 3 })).toEqual(ok(undefined));
  await file.close();
  expect(await readFile(path)).toEqual(Buffer.concat([Buffer.alloc(3), bytes]));
});

test("writeAll() says disk_full when the disk fills up half-way", async () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
  });
  let leftBytes = 10;
  const filling = {
    write: async (_: Uint8Array, _offset: number, length: number) => {
      if (leftBytes === 0) throw full;
      const bytesWritten = Math.min(length, leftBytes);
      leftBytes -= bytesWritten;
      return { bytesWritten };
    },
  };
  expect(await writeAll(filling, Buffer.alloc(100), { doing, atByte: 0 })).toEqual({
    ok: false,
    problem: {
      code: "disk_full",
      detail: "Cannot keep it: ENOSPC: no space left on device",
      cause: full,
    },
  });
});
