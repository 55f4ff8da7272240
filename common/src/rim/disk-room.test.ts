import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { ok } from "../result.ts";
import { checkDiskRoom } from "./disk-room.ts";

const doing = "Cannot keep it";

test("checkDiskRoom() tells all sizes when there is too little room", async () => {
  expect(await checkDiskRoom(tmpdir(), { doing, sizeBytes: 0 })).toEqual(ok(undefined));
  expect(await checkDiskRoom(tmpdir(), { doing, sizeBytes: 2 ** 52 })).toMatchObject({
    problem: {
      code: "disk_full",
      detail: expect.stringMatching(/^Cannot keep it: it has 4096 TiB, .* free in "\S+" 64.0 MiB/),
    },
  });
});

test("checkDiskRoom() names a directory that is not there", async () => {
  expect(await checkDiskRoom("/nowhere/at-all", { doing, sizeBytes: 1 })).toMatchObject({
    problem: { code: "path_missing" },
  });
});
