/** The desktop is kept from mounting sticks, as udev itself tells it. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { missingPrograms, runProgram } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { plugStick } from "./support/plug-stick.ts";
import { shareStickFarm } from "./support/stick-farm.ts";

const UDEV = "/lib/systemd/systemd-udevd";

const theFarm = shareStickFarm();

test("udev tells the desktop to leave sticks alone for as long as the agent runs", async ({
  skip,
}) => {
  skip(missingPrograms("udevadm").length > 0, "this machine has no udev");
  const stick = await plugStick({ port: 0, file: join(await tempDirectory(), "0.img") });
  await runProgram(UDEV, ["--daemon"]);
  onTestFinished(async () => void (await runProgram("udevadm", ["control", "--exit"])));
  const farm = theFarm();
  await farm.agent("ws-1").end();
  await farm.runAgent("ws-1");
  expect(await ignored(await stick.device())).toBe(true);
  await farm.agent("ws-1").end();
  expect(await readdir("/run/udev/rules.d")).toEqual([]);
  expect(await ignored(await stick.device())).toBe(false);
});

/** What udev says when it looks at the stick anew. */
async function ignored(device: string): Promise<boolean> {
  await runProgram("udevadm", ["control", "--reload"]);
  await runProgram("udevadm", ["trigger", "--action=change", device]);
  await runProgram("udevadm", ["settle", "--timeout=60"]);
  const properties = await runProgram("udevadm", ["info", "--query=property", `--name=${device}`]);
  return properties.split("\n").includes("UDISKS_IGNORE=1");
}
