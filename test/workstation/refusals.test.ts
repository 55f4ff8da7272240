/** Sticks that must not be written, as the kernel shows them. */
import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import type { Drive } from "@stickfarm/proto/stickfarm/v1/agent";
import type { DriveView } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { readAt } from "../journey/support/drive-bytes.ts";
import { typeWhatIsAsked } from "../journey/support/old-data.ts";
import { runProgram } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { waitFor } from "../support/wait-for.ts";
import { plugKeyboardStick } from "./support/keyboard-stick.ts";
import { jobOn } from "./support/outcomes.ts";
import { plugStick, type Stick, type StickSpec } from "./support/plug-stick.ts";
import { runHere } from "./support/run-here.ts";
import { type StickFarm, shareStickFarm } from "./support/stick-farm.ts";

const theFarm = shareStickFarm();

async function plug(port: number, spec: Partial<StickSpec> = {}): Promise<Stick> {
  return plugStick({ port, file: join(await tempDirectory(), `${port}.img`), ...spec });
}

/** Waits until the drive list gives these reasons and no other. */
function refusedAs(farm: StickFarm, stick: Stick, codes: readonly string[]): Promise<true> {
  return waitFor(
    `the reasons ${codes.join(", ")} against bay ${stick.bay}`,
    async () => {
      const found = (await farm.drive(stick)).drive?.refusals.map(({ code }) => code);
      return JSON.stringify(found) === JSON.stringify(codes) || undefined;
    },
    { limitMs: 60_000, everyMs: 500 },
  );
}

test("a write-protected stick, one without a medium and one that is mounted are not written, and twins are told apart", async () => {
  const [locked, empty, mounted] = [
    await plug(0, { isReadOnly: true }),
    await plug(1),
    await plug(2),
  ];
  const farm = theFarm();
  await refusedAs(farm, locked, ["drive_read_only"]);
  await refusedAs(farm, empty, []);
  // Who looks at what it holds opens it.
  await typeWhatIsAsked(farm, [empty.bay]);
  // The kernel keeps the size of a medium that was taken out until somebody opens the drive.
  await empty.eject();
  const { jobs } = await farm.buildOn([empty]);
  expect(jobs).toMatchObject([{ state: "failed", dirty: false, problem: { code: "drive_gone" } }]);
  const at = join(farm.directory, "mounted");
  await mountOn(await mounted.device(), at);
  await refusedAs(farm, mounted, ["drive_in_use"]);
  const refused = await farm.run("build", "start", "image", "--yes", "--on", `ws-1/${mounted.bay}`);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain(at);
  await knowTwins(farm);
});

test("a stick that another program holds is left as it is, and who holds it is named", async () => {
  const farm = theFarm();
  const stick = await plug(0);
  await farm.drive(stick);
  const holder = await open(await stick.device(), constants.O_RDWR | constants.O_EXCL);
  onTestFinished(() => holder.close());
  const job = jobOn(await farm.buildOn([stick]), stick);
  expect(job).toMatchObject({ state: "failed", dirty: false, problem: { code: "drive_busy" } });
  expect(job.problem?.detail).toContain(`process ${process.pid}`);
  expect((await readAt(stick.file, 0, 2 * MIB)).every((byte) => byte === 0xa5)).toBe(true);
});

test("no stick is written that carries the system or the agent's own files", async () => {
  const farm = theFarm();
  const [system, own] = [await plug(0), await plug(1)];
  await mountOn(await system.device(), "/srv");
  const at = join(await tempDirectory(), "agent");
  await mountOn(await own.device(), at);
  await refusedAs(farm, system, ["drive_is_system"]);
  const refused = await farm.run("build", "start", "image", "--yes", "--on", `ws-1/${system.bay}`);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain("/srv");
  const args = ["drives", "--usb-drives", "--data", at, "-o", "json"];
  const shown = await runHere("stickfarm-agent", args, { cwd: at });
  const drives = JSON.parse(shown.stdout) as Drive[];
  const reasons = drives.find(({ bay }) => bay === own.bay)?.refusals;
  expect(reasons).toContainEqual(
    expect.objectContaining({
      code: "drive_is_system",
      detail: expect.stringContaining("the agent's own"),
    }),
  );
});

/** A file system of its own, for as long as the test runs. */
async function mountOn(device: string, at: string): Promise<void> {
  await runProgram("mkfs.fat", ["-I", device]);
  await mkdir(at, { recursive: true });
  await runProgram("mount", [device, at]);
  onTestFinished(async () => void (await runProgram("umount", [at])));
}

test("a stick that is smaller than the image is refused before anything is written", async () => {
  const farm = theFarm();
  const small = await plug(0, { sizeBytes: 32 * MIB });
  await farm.drive(small);
  const refused = await farm.run("build", "start", "image", "--yes", "--on", `ws-1/${small.bay}`);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain("[drive_too_small]");
  expect((await readAt(small.file, 0, 2 * MIB)).every((byte) => byte === 0xa5)).toBe(true);
});

test("a stick that is a keyboard as well is never written", async () => {
  const farm = theFarm();
  const stick = await plugKeyboardStick(0, "BADC0DE5");
  const drive = await waitFor(
    "the stick",
    async () => {
      const drives = JSON.parse(await farm.must("drive", "list", "-o", "json")) as DriveView[];
      return drives.map((view) => view.drive).find((one) => one?.serial === stick.serial);
    },
    { limitMs: 60_000, everyMs: 500 },
  );
  expect(drive.refusals).toMatchObject([{ code: "drive_not_storage" }]);
  expect(drive.refusals[0]?.detail).toContain('"08, 03"');
  const refused = await farm.run("build", "start", "image", "--yes", "--on", `ws-1/${drive.bay}`);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain("Take it out");
  expect(stick.writes()).toBe(0);
});

/** Two sticks with one serial are two drives, each known by its port; the serial says of neither that it is meant. */
async function knowTwins(farm: StickFarm): Promise<void> {
  const serial = "60A44C413FAE";
  const twins = [await plug(3, { serial }), await plug(4, { serial })];
  for (const twin of twins) await refusedAs(farm, twin, []);
  const drives = await Promise.all(twins.map(async (twin) => (await farm.drive(twin)).drive));
  expect(drives.map((drive) => drive?.driveId)).toEqual([
    "usb-port:4-1:0951:1666",
    "usb-port:5-1:0951:1666",
  ]);
  const bays = twins.map(({ bay }) => bay);
  const typed = await typeWhatIsAsked(farm, bays);
  expect(typed).toEqual(["--erase", serial, "--erase", serial]);
  const on = bays.flatMap((bay) => ["--on", `ws-1/${bay}`]);
  const both = await farm.run("build", "start", "image", "--yes", ...typed, ...on);
  expect(both.stderr).toContain("[serial_shared]");
  for (const twin of twins)
    expect(await farm.buildOn([twin])).toMatchObject({ state: "succeeded" });
}
