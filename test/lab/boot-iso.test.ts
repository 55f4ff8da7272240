/** Discs that `media iso` made start both firmwares: from a drive, written raw, and as sticks that were made of them. */
import { copyFile, mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildIdOf, startFarm, type TestFarm } from "../journey/support/farm.ts";
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
  timeout: 7 * BOOT_LIMIT_MS,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await startFarm({
    agents: { "ws-1": [{ serial: "A1", bay: "1", size: "256MiB" }] },
  });
  const disc = await makeDisc(farm);
  const raw = join(farm.directory, "raw.img");
  await copyFile(disc, raw);
  await truncate(raw, STICK_BYTES);
  const order = ["build", "start", "--iso", disc, "--name", "again", "--on", "ws-1", "--yes"];
  const { state } = await farm.ended(buildIdOf(await farm.must(...order, "-o", "json")));
  expect(state).toBe("succeeded");
  for (const firmware of ["bios", "uefi"] as const) {
    for (const stick of [disc, raw, farm.driveFile("ws-1", "A1")]) {
      const until = /STICK-(BOOTED-OK|DAMAGED).*\n/;
      const isDisc = stick === disc;
      const { console } = await bootStick({
        stick,
        isDisc,
        firmware,
        until,
        limitMs: BOOT_LIMIT_MS,
      });
      expect([stick, console]).toEqual([stick, expect.stringMatching(BOOTED[firmware])]);
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
