/** Our layout before firmware: it boots, and without its first MiB, as an unsealed stick, it does not. */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { SEAL_BYTES } from "@stickfarm/common/layout/extent";
import { expect, test } from "vitest";
import { bootStick, missingForBoot, NOTHING_BOOTS } from "../support/boot-stick.ts";
import { BOOTED, makeBootTree, missingForBootTree } from "../support/boot-tree.ts";
import { makeStickByLayout } from "../support/make-stick-by-layout.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const missing = [...missingForBoot(), ...missingForBootTree()];

test.for([
  ["mbr", "bios"],
  ["gpt", "bios"],
  ["mbr", "uefi"],
  ["gpt", "uefi"],
] as const)("a stick by our layout boots: %s, %s", async ([table, firmware], { skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const stick = await makeStick(table);
  const { console, matched } = await bootStick({ stick, firmware, until: BOOTED[firmware] });
  expect({ matched, console }).toMatchObject({ matched: true });
});

test.for([
  ["mbr", "bios"],
  ["gpt", "uefi"],
] as const)(
  "a stick without its seal does not boot: %s, %s",
  async ([table, firmware], { skip }) => {
    skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
    const stick = await makeStick(table);
    const file = await open(stick, "r+");
    await file.write(Buffer.alloc(SEAL_BYTES), 0, SEAL_BYTES, 0);
    await file.close();
    const { console, matched } = await bootStick({ stick, firmware, until: NOTHING_BOOTS });
    expect({ matched, console }).toMatchObject({ matched: true });
    expect(console).not.toMatch(/GRUB|STICK-/);
  },
);

async function makeStick(table: "mbr" | "gpt"): Promise<string> {
  const directory = await tempDirectory();
  const path = join(directory, "stick.img");
  await makeStickByLayout(await makeBootTree(join(directory, "tree")), { path, table });
  return path;
}
