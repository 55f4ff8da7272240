/** Discs that `media iso` made start both firmwares, from a disc drive and, written raw, from a stick. */
import { copyFile, mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startFarm, type TestFarm } from "../journey/support/farm.ts";
import { bootStick, missingForBoot } from "../support/boot-stick.ts";
import { BOOTED, makeBootTree, missingForBootTree } from "../support/boot-tree.ts";
import { missingPrograms } from "../support/run-program.ts";

const BOOT_LIMIT_MS = 240_000;
const STICK_BYTES = 64 * 1024 * 1024;
const LABEL = "Boot disc";
const MEDIA = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: boot }
spec:
  output: { label: "${LABEL}", iso: {} }
  bootImage: { name: boot }
`;

const missing = [...missingForBoot(), ...missingForBootTree(), ...missingPrograms("xorriso")];

test("a disc that was made from a definition boots under both firmwares, as disc and as stick", {
  timeout: 5 * BOOT_LIMIT_MS,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await startFarm({ agents: {} });
  const disc = await makeDisc(farm);
  const stick = join(farm.directory, "stick.img");
  await copyFile(disc, stick);
  await truncate(stick, STICK_BYTES);
  for (const firmware of ["bios", "uefi"] as const) {
    for (const isDisc of [true, false]) {
      const until = /STICK-(BOOTED-OK|DAMAGED).*\n/;
      const place = { stick: isDisc ? disc : stick, isDisc, firmware };
      const { console } = await bootStick({ ...place, until, limitMs: BOOT_LIMIT_MS });
      expect([isDisc, console]).toEqual([isDisc, expect.stringMatching(BOOTED[firmware])]);
    }
  }
});

async function makeDisc(farm: TestFarm): Promise<string> {
  await makeBootTree(join(farm.directory, "tree"), `label=${LABEL}`);
  // stickfarm writes it, and GRUB compares it with the digest that the tree's list has.
  await rm(join(farm.directory, "tree/MediaLabel.txt"));
  await farm.must("boot-image", "add", "tree", "--name", "boot");
  await writeFile(join(farm.directory, "boot.yaml"), MEDIA);
  await farm.must("media", "apply", "-f", "boot.yaml");
  await mkdir(join(farm.directory, "out"));
  await farm.must("media", "iso", "boot", "--out", "out");
  return join(farm.directory, "out/boot.iso");
}
