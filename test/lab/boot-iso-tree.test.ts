/** Discs of other people go onto sticks file by file, not as an image, and start there. */
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildIdOf, startFarm, type TestFarm } from "../journey/support/farm.ts";
import { bootStick, type Firmware, missingForBoot } from "../support/boot-stick.ts";
import { BOOTED, makeBootTree, missingForBootTree } from "../support/boot-tree.ts";
import { makeHybridIso, missingForHybridIso } from "../support/make-hybrid-iso.ts";

const BUILD_LIMIT_MS = 120_000;
const BOOT_LIMIT_MS = 240_000;
const GRUB_RESCUE = "/usr/lib/grub-rescue/grub-rescue-cdrom.iso";

const missing = [...missingForBoot(), ...missingForBootTree(), ...missingForHybridIso()];

test("the files of Debian's GRUB rescue disc start from a stick by BIOS", {
  timeout: 2 * BOOT_LIMIT_MS,
}, async ({ skip }) => {
  const lacks = [...missing, ...[GRUB_RESCUE].filter((path) => !existsSync(path))];
  skip(lacks.length > 0, `this machine lacks ${lacks.join(", ")}`);
  const farm = await oneDriveFarm();
  await build(farm, GRUB_RESCUE, ["bios"]);
  // Entries of the menu that lies on the disc.
  await boots(farm, "bios", /GNU \(aka GNU\/Hurd\)[\s\S]*Memtest86\+/);
});

test("the files of a disc whose EFI loader lies in its EFI image start from a stick", {
  timeout: 5 * BOOT_LIMIT_MS,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await oneDriveFarm();
  const tree = await makeBootTree(join(farm.directory, "tree"));
  // The disc's maker brings the loaders, stickfarm the label; the list of digests must not name what is not there.
  await rm(join(tree.directory, "EFI"), { recursive: true });
  const others = [tree.bootImage, tree.coreImage, "MediaLabel.txt"];
  for (const path of others) await rm(join(tree.directory, path));
  await dropFromSums(tree.directory, /EFI\/|i386-pc\/|MediaLabel/);
  await makeHybridIso(tree, join(farm.directory, "disc.iso"));
  await rename(tree.directory, join(farm.directory, "not used any more"));
  await build(farm, "disc.iso", ["bios", "uefi-x64"]);
  for (const firmware of ["bios", "uefi"] as const) await boots(farm, firmware, BOOTED[firmware]);
  const order = ["build", "start", "--iso", "disc.iso", "--name", "again", "--on", "ws-1", "--yes"];
  const { state } = await farm.ended(buildIdOf(await farm.must(...order, "-o", "json")));
  expect(state).toBe("succeeded");
  for (const firmware of ["bios", "uefi"] as const) await boots(farm, firmware, BOOTED[firmware]);
});

async function dropFromSums(directory: string, paths: RegExp): Promise<void> {
  const sums = join(directory, "check/sums");
  const lines = (await readFile(sums, "utf8")).split("\n");
  await writeFile(sums, lines.filter((line) => !paths.test(line)).join("\n"));
}

function oneDriveFarm(): Promise<TestFarm> {
  return startFarm({ agents: { "ws-1": [{ serial: "A1", bay: "1", size: "256MiB" }] } });
}

async function build(farm: TestFarm, iso: string, firmwares: readonly string[]): Promise<void> {
  await farm.must("boot-image", "add", iso, "--name", "disc");
  const shown = JSON.parse(await farm.must("boot-image", "show", "disc", "-o", "json"));
  expect(shown.firmwares).toEqual(expect.arrayContaining([...firmwares]));
  const media = [
    "apiVersion: stickfarm/v1",
    "kind: BootableMedia",
    "metadata: { name: disc }",
    "spec:",
    "  output: { usb: { partitionTable: mbr } }",
    "  bootImage: { name: disc }",
    "",
  ];
  await writeFile(join(farm.directory, "disc.yaml"), media.join("\n"));
  await farm.must("media", "apply", "-f", "disc.yaml");
  const order = ["build", "start", "disc", "--on", "ws-1/1", "--yes", "-o", "json"];
  const { state } = await farm.ended(buildIdOf(await farm.must(...order)), BUILD_LIMIT_MS);
  expect(state).toBe("succeeded");
}

async function boots(farm: TestFarm, firmware: Firmware, seen: RegExp): Promise<void> {
  const stick = farm.driveFile("ws-1", "A1");
  const until = new RegExp(`${seen.source}|STICK-DAMAGED`);
  const { console } = await bootStick({ stick, firmware, until, limitMs: BOOT_LIMIT_MS });
  expect(console).toMatch(seen);
}
