import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bootStick, missingForBoot } from "../support/boot-stick.ts";
import { BOOTED, makeBootTree, missingForBootTree } from "../support/boot-tree.ts";
import { makeHybridIso, missingForHybridIso } from "../support/make-hybrid-iso.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const missing = [...missingForBoot(), ...missingForBootTree(), ...missingForHybridIso()];
const STICK_BYTES = 64 * 1024 * 1024;

test.for(["bios", "uefi"] as const)(
  "a hybrid ISO written raw to a larger stick boots: %s",
  async (firmware, { skip }) => {
    skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
    const directory = await tempDirectory();
    const stick = join(directory, "stick.iso");
    await makeHybridIso(await makeBootTree(join(directory, "tree")), stick);
    await truncate(stick, STICK_BYTES);
    const { console, matched } = await bootStick({ stick, firmware, until: BOOTED[firmware] });
    expect({ matched, console }).toMatchObject({ matched: true });
  },
);
