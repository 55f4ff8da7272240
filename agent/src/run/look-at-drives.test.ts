import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { openGlances } from "../drive/glances.ts";
import { listDrives } from "../drive/list-drives.ts";
import { thisHost } from "../drive/read-machine.ts";
import type { WriterExit } from "../write/start-writer.ts";
import type { ClaimedStick } from "./claim-stick.ts";
import { claimUnseen, lookerAt } from "./look-at-drives.ts";

const MIB = 1024 * 1024;

/** A blank file as a drive, and how it is seen. */
async function makeDrive() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "a.img");
  await writeFile(path, Buffer.alloc(MIB));
  const source = { kind: "file", path, sizeBytes: null, serial: "A1", bay: "1" } as const;
  const host = thisHost(join(folder, "data"));
  const [drive] = await listDrives([source], host);
  if (drive === undefined) throw new Error("There is one drive for each source");
  const look = lookerAt({ virtual: [source], usb: null }, host);
  return { drive, look: (seen = drive) => look(seen, new AbortController().signal) };
}

test("lookerAt() sees what a drive of the offer holds", async () => {
  const { look } = await makeDrive();
  expect(await look()).toMatchObject({ kind: "seen", volumes: [{ kind: "blank" }] });
});

test("lookerAt() has not seen a drive that is another insertion by now, or none of the offer", async () => {
  const { drive, look } = await makeDrive();
  expect(await look({ ...drive, insertion: "254:0:1:1" })).toEqual({ kind: "unseen" });
  expect(await look({ ...drive, driveId: "virtual-file:B2" })).toEqual({ kind: "unseen" });
});

/** A claimed stick whose writer ends when the test says so. */
function openStick() {
  let end: () => void = () => undefined;
  const exited = new Promise<WriterExit>((resolve) => {
    end = () => resolve({ exitCode: 0, signal: null, lastWords: "" });
  });
  const stick = { writer: { exited }, release: async () => undefined } as unknown as ClaimedStick;
  return { stick, end };
}

test("claimUnseen() lets nobody look from before the claim until the writer has ended", async () => {
  const glances = openGlances(() => new Promise(() => undefined));
  const { stick, end } = openStick();
  const during: boolean[] = [];
  const claimed = await claimUnseen(glances, "a", async () => {
    during.push(glances.isHeld("a"));
    return ok(stick);
  });
  expect(during).toEqual([true]);
  if (claimed.ok) await claimed.value.release(true);
  expect(glances.isHeld("a")).toBe(true);
  end();
  await stick.writer.exited;
  expect(glances.isHeld("a")).toBe(false);
});

test("claimUnseen() lets others look again when the claim was refused, or broke", async () => {
  const glances = openGlances(() => new Promise(() => undefined));
  const refused = fail({ code: "drive_busy", detail: "" });
  expect(await claimUnseen(glances, "a", async () => refused)).toEqual(refused);
  expect(glances.isHeld("a")).toBe(false);
  const broken = claimUnseen(glances, "a", () => Promise.reject(new Error("no room")));
  await expect(broken).rejects.toThrow("no room");
  expect(glances.isHeld("a")).toBe(false);
});
