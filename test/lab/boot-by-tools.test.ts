/** The lab's own proof: a stick that other people's tools made is seen to boot, so a stick that does not is at fault. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { bootStick, missingForBoot } from "../support/boot-stick.ts";
import { BOOTED, makeBootTree, missingForBootTree } from "../support/boot-tree.ts";
import { makeStickByTools, missingForStickByTools } from "../support/make-stick-by-tools.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const missing = [...missingForBoot(), ...missingForBootTree(), ...missingForStickByTools()];

test.for([
  ["mbr", "bios"],
  ["gpt", "bios"],
  ["mbr", "uefi"],
  ["gpt", "uefi"],
] as const)(
  "a stick by sfdisk, mkfs.fat and mtools boots: %s, %s",
  async ([table, firmware], { skip }) => {
    skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
    const directory = await tempDirectory();
    const tree = await makeBootTree(join(directory, "tree"));
    const stick = join(directory, "stick.img");
    await makeStickByTools(tree, { path: stick, table });
    const { console, matched } = await bootStick({ stick, firmware, until: BOOTED[firmware] });
    expect({ matched, console }).toMatchObject({ matched: true });
  },
);
