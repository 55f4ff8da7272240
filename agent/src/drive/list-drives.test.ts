import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { listDrives } from "./list-drives.ts";
import { thisHost } from "./read-machine.ts";

test("listDrives() leaves out a disk that went after it was found, and keeps what was named", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "gone");
  const named = { kind: "file", path, sizeBytes: null, serial: "A1", bay: "1" } as const;
  const drives = await listDrives(
    [{ kind: "disk", path, stickBytesMax: 1 }, named],
    thisHost(join(folder, "data")),
  );
  expect(drives).toMatchObject([{ bay: "1", refusals: [{ code: "drive_gone" }] }]);
});
