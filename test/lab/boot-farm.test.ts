/** The whole way before firmware: what a farm has built boots, the file of the drive as it was sealed. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildIdOf, startFarm, type TestFarm } from "../journey/support/farm.ts";
import { diskImage } from "../journey/support/make-image.ts";
import { bootStick, missingForBoot } from "../support/boot-stick.ts";
import { BOOTED, makeBootTree, missingForBootTree } from "../support/boot-tree.ts";
import { makeHybridIso, missingForHybridIso } from "../support/make-hybrid-iso.ts";

const BUILD_LIMIT_MS = 120_000;
const BOOT_LIMIT_MS = 240_000;
const LABEL = "Boot farm, the whole text";
const MEDIA = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: boot }
spec:
  output: { usb: { partitionTable: mbr }, label: "${LABEL}" }
  bootImage: { name: boot }
`;

const missing = [...missingForBoot(), ...missingForBootTree(), ...missingForHybridIso()];
const timeout = 3 * BOOT_LIMIT_MS;

test("a stick that a farm built from a boot tree boots under both firmwares", {
  timeout,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await oneDriveFarm();
  await makeBootTree(join(farm.directory, "tree"), `label=${LABEL}`);
  // stickfarm writes it, and GRUB compares it with the digest that the tree's list has.
  await rm(join(farm.directory, "tree/MediaLabel.txt"));
  await farm.must("boot-image", "add", "tree", "--name", "boot");
  await build(farm, MEDIA);
  await bootsEverywhere(farm);
});

test("a stick that a farm built from a hybrid ISO boots under both firmwares", {
  timeout,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await oneDriveFarm();
  const tree = await makeBootTree(join(farm.directory, "tree"));
  await makeHybridIso(tree, join(farm.directory, "hybrid.iso"));
  await farm.must("content", "add", "hybrid.iso", "--name", "iso");
  await build(farm, diskImage("boot", "iso"));
  await bootsEverywhere(farm);
});

function oneDriveFarm(): Promise<TestFarm> {
  return startFarm({ agents: { "ws-1": [{ serial: "A1", bay: "1", size: "256MiB" }] } });
}

async function build(farm: TestFarm, yaml: string): Promise<void> {
  await writeFile(join(farm.directory, "boot.yaml"), yaml);
  await farm.must("media", "apply", "-f", "boot.yaml");
  const order = ["build", "start", "boot", "--on", "ws-1/1", "--yes", "-o", "json"];
  const { state } = await farm.ended(buildIdOf(await farm.must(...order)), BUILD_LIMIT_MS);
  expect(state).toBe("succeeded");
}

async function bootsEverywhere(farm: TestFarm): Promise<void> {
  const stick = farm.driveFile("ws-1", "A1");
  for (const firmware of ["bios", "uefi"] as const) {
    const until = /STICK-(BOOTED-OK|DAMAGED).*\n/;
    const { console } = await bootStick({ stick, firmware, until, limitMs: BOOT_LIMIT_MS });
    expect(console).toMatch(BOOTED[firmware]);
  }
}
