/** A kernel that `boot-image add --kernel` made bootable, from a stick with an MBR. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildIdOf, startFarm } from "../journey/support/farm.ts";
import { bootStick, missingForBoot } from "../support/boot-stick.ts";
import { KERNEL_BOOTED, makeTestKernel, missingForTestKernel } from "../support/test-kernel.ts";

const BUILD_LIMIT_MS = 120_000;
const BOOT_LIMIT_MS = 240_000;
const MEDIA = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: rescue }
spec:
  output: { usb: { partitionTable: mbr } }
  bootImage: { name: rescue }
`;

const missing = [...missingForBoot(), ...missingForTestKernel()];

test("a kernel is given its command line as it was written, and starts under Secure Boot", {
  timeout: 2 * BOOT_LIMIT_MS,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await startFarm({
    agents: { "ws-1": [{ serial: "A1", bay: "1", size: "128MiB" }] },
  });
  const { kernel, initrd } = await makeTestKernel(farm.directory);
  const cmdline = "console=ttyS0,115200 panic=-1 mitigations=off stickfarm.word=a;b&c$d";
  const add = ["--kernel", kernel, "--initrd", initrd, "--cmdline", cmdline, "--name", "rescue"];
  await farm.must("boot-image", "add", ...add);
  const shown = JSON.parse(await farm.must("boot-image", "show", "rescue", "-o", "json"));
  expect(shown.firmwares).toEqual(["bios", "uefi-x64", "uefi-x64-secure-boot"]);
  await writeFile(join(farm.directory, "rescue.yaml"), MEDIA);
  await farm.must("media", "apply", "-f", "rescue.yaml");
  const order = ["build", "start", "rescue", "--on", "ws-1/1", "--yes", "-o", "json"];
  const { state } = await farm.ended(buildIdOf(await farm.must(...order)), BUILD_LIMIT_MS);
  expect(state).toBe("succeeded");
  const stick = farm.driveFile("ws-1", "A1");
  const until = /KERNEL-BOOTED-OK .*\n/;
  const { console } = await bootStick({ stick, firmware: "secure", until, limitMs: BOOT_LIMIT_MS });
  expect(console).toMatch(KERNEL_BOOTED.secure);
  expect(console).toContain(cmdline);
});
