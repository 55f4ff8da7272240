/** Sticks that must not be written, as the kernel shows them. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { waitFor } from "../support/wait-for.ts";
import { plugStick, type Stick, type StickSpec } from "./support/plug-stick.ts";
import { type StickFarm, startStickFarm } from "./support/stick-farm.ts";

async function plug(port: number, spec: Partial<StickSpec> = {}): Promise<Stick> {
  return plugStick({ port, file: join(await tempDirectory(), `${port}.img`), ...spec });
}

/** Waits until the drive list gives these reasons and no other. */
function refusedAs(farm: StickFarm, { bay }: Stick, codes: readonly string[]): Promise<true> {
  return waitFor(
    `the reasons ${codes.join(", ")} against bay ${bay}`,
    async () => {
      const found = (await farm.drive(bay))?.drive?.refusals.map(({ code }) => code);
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
  const device = await mounted.device();
  await runProgram("mkfs.fat", ["-I", device]);
  const farm = await startStickFarm();
  await refusedAs(farm, locked, ["drive_read_only"]);
  await refusedAs(farm, empty, []);
  // The kernel keeps the size of a medium that was taken out until somebody opens the drive.
  await empty.eject();
  const { jobs } = await farm.buildOn([empty]);
  expect(jobs).toMatchObject([{ state: "failed", dirty: false, problem: { code: "drive_gone" } }]);
  const at = join(farm.directory, "mounted");
  await mkdir(at);
  await runProgram("mount", [device, at]);
  onTestFinished(async () => void (await runProgram("umount", [at])));
  await refusedAs(farm, mounted, ["drive_in_use"]);
  const refused = await farm.run("build", "start", "image", "--yes", "--on", `ws-1/${mounted.bay}`);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain(at);
  await knowTwins(farm);
});

/** Two sticks with one serial are two drives, each known by its port. */
async function knowTwins(farm: StickFarm): Promise<void> {
  const serial = "60A44C413FAE";
  const twins = [await plug(3, { serial }), await plug(4, { serial })];
  for (const twin of twins) await refusedAs(farm, twin, []);
  const drives = await Promise.all(twins.map(async ({ bay }) => (await farm.drive(bay))?.drive));
  expect(drives.map((drive) => drive?.driveId)).toEqual([
    "usb-port:4-1:0951:1666",
    "usb-port:5-1:0951:1666",
  ]);
  expect(await farm.buildOn(twins)).toMatchObject({ state: "succeeded" });
}
