import type { Drive } from "@stickfarm/common/drive/drive";
import { fail, ok } from "@stickfarm/common/result";
import { expect, test, vi } from "vitest";
import type { WriterExit } from "../write/start-writer.ts";
import type { ClaimedStick } from "./claim-stick.ts";
import { claimUnheld, openQuarantine } from "./quarantine.ts";

const DRIVE = { driveId: "usb:1", bay: "2", insertion: "7", refusals: [] };
const drives = (insertion: string) =>
  [
    { ...DRIVE, insertion } as unknown as Drive,
    { ...DRIVE, driveId: "usb:2" } as unknown as Drive,
  ] as const;
const codesOf = (marked: readonly Drive[]) =>
  marked.map(({ refusals }) => refusals.map(({ code }) => code));

/** A stick whose writer ends when the test says so. */
function openStick() {
  let end: () => void = () => undefined;
  const exited = new Promise<WriterExit>((resolve) => {
    end = () => resolve({ exitCode: null, signal: "SIGKILL", lastWords: "" });
  });
  const nothing = (): void => undefined;
  const released: boolean[] = [];
  const stick: ClaimedStick = {
    writer: { pid: 77, exited, begin: nothing, seal: nothing, stop: nothing, kill: nothing },
    release: async (isAbandoned) => void released.push(isAbandoned),
  };
  return {
    stick,
    released,
    end: async () => {
      end();
      await exited;
    },
  };
}

const open = () => openQuarantine(() => new Date("2026-11-22T16:20:03Z"));

test("claimUnheld() holds a drive whose writer the kernel keeps, until that has ended", async () => {
  const quarantine = open();
  const { stick, end } = openStick();
  const claimed = await claimUnheld(quarantine, DRIVE, async () => ok(stick));
  if (claimed.ok) await claimed.value.release(true);
  expect(quarantine.whyHeld(DRIVE)).toEqual({
    code: "drive_quarantined",
    detail:
      'Cannot use the drive in bay "2": it was given up at 2026-11-22T16:20:03.000Z, and process 77 still waits for its answer',
  });
  expect(codesOf(quarantine.mark(drives("7")))).toEqual([["drive_quarantined"], []]);
  const again = await claimUnheld(quarantine, DRIVE, () =>
    Promise.reject(new Error("was claimed")),
  );
  expect(again).toMatchObject({ problem: { code: "drive_quarantined" } });
  await end();
  expect(quarantine.whyHeld(DRIVE)).toBe(null);
  expect(await claimUnheld(quarantine, DRIVE, async () => ok(stick))).toMatchObject({ ok: true });
});

test("claimUnheld() holds a drive whose claim failed and left a writer behind", async () => {
  const quarantine = open();
  const { stick, end } = openStick();
  const claimed = await claimUnheld(quarantine, DRIVE, async (left) => {
    left(stick.writer);
    return fail({ code: "drive_hung", detail: "Cannot claim: it hangs" });
  });
  expect(claimed).toMatchObject({ problem: { code: "drive_hung" } });
  expect(quarantine.whyHeld(DRIVE)?.detail).toContain("process 77");
  await end();
  expect(quarantine.whyHeld(DRIVE)).toBe(null);
});

test("claimUnheld() holds nothing once the writer has ended", async () => {
  const hold = vi.fn();
  const { stick, end } = openStick();
  const claimed = await claimUnheld({ ...open(), hold }, DRIVE, async () => ok(stick));
  await end();
  if (claimed.ok) await claimed.value.release(false);
  expect(hold).not.toHaveBeenCalled();
});

test("claimUnheld() releases the stick as it is told to, before it holds the drive", async () => {
  for (const isAbandoned of [true, false]) {
    const { stick, released } = openStick();
    const claimed = await claimUnheld(open(), DRIVE, async () => ok(stick));
    if (claimed.ok) await claimed.value.release(isAbandoned);
    expect(released).toEqual([isAbandoned]);
  }
});

test("hold() keeps a drive that was given up twice until the second process has ended", async () => {
  const quarantine = open();
  const [first, second] = [openStick(), openStick()];
  quarantine.hold(DRIVE, 77, first.stick.writer.exited);
  quarantine.hold(DRIVE, 78, second.stick.writer.exited);
  await first.end();
  expect(quarantine.whyHeld(DRIVE)?.detail).toContain("process 78");
  await second.end();
  expect(quarantine.whyHeld(DRIVE)).toBe(null);
});

test("mark() gives the quarantine before all other reasons", () => {
  const quarantine = open();
  quarantine.hold(DRIVE, 77, new Promise(() => undefined));
  const refused = { ...DRIVE, refusals: [{ code: "drive_in_use", detail: "" }] };
  expect(codesOf(quarantine.mark([refused as unknown as Drive]))).toEqual([
    ["drive_quarantined", "drive_in_use"],
  ]);
});

test("mark() lets a stick go that was pulled and put back", () => {
  const quarantine = open();
  quarantine.hold(DRIVE, 77, new Promise(() => undefined));
  expect(codesOf(quarantine.mark(drives("8")))).toEqual([[], []]);
  expect(quarantine.whyHeld({ ...DRIVE, insertion: "8" })).toBe(null);
});
