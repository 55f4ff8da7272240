/** The operator's own proof: a farm without any agent boots its media in QEMU and keeps what came of it. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startFarm, type TestFarm } from "../journey/support/farm.ts";
import { missingForBoot } from "../support/boot-stick.ts";
import { makeBootTree, missingForBootTree } from "../support/boot-tree.ts";
import { runToEnd, startProgram } from "../support/processes.ts";
import { missingPrograms, runProgram } from "../support/run-program.ts";
import { waitFor } from "../support/wait-for.ts";

const LABEL = "Boot proof";
const MEDIA = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: boot }
spec:
  output: { label: "${LABEL}" }
  bootImage: { name: boot }
`;
const NO_LOADER = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: plain }
spec: { files: [{ content: plain }] }
`;
const EXPECT = ["--expect", "STICK-(BOOTED-OK|DAMAGED).*\\n", "--timeout", "240s"];
const missing = [...missingForBoot(), ...missingForBootTree(), ...missingPrograms("file")];
const timeout = 900_000;

test("media boot proves a composed media under BIOS and UEFI, and media show tells it", {
  timeout,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await startFarm({ agents: {} });
  const work = await makeMedia(farm);
  for (const firmware of ["bios", "uefi"]) {
    const picture = join(farm.directory, `${firmware}.png`);
    const options = ["--firmware", firmware, "--screenshot", picture, "--work", work];
    const booted = await boot(farm, ["boot", ...options, ...EXPECT]);
    expect(booted.stdout, booted.stderr).toMatch(`boot@1 boots with ${firmware}: `);
    const console = await farm.must("media", "show", "boot", "--boot", "0");
    expect(console).toContain(`STICK-BOOTED-OK firmware=${firmware}`);
    expect(await runProgram("file", [picture])).toMatch(/PNG image data, \d{3,4} x \d{3,4}/);
  }
  const shown = JSON.parse(await farm.must("media", "show", "boot", "-o", "json"));
  expect(shown.boots).toMatchObject([
    { number: 2, firmware: "uefi", verdict: "seen", hasScreenshot: true },
    { number: 1, firmware: "bios", verdict: "seen", hasScreenshot: true },
  ]);
  expect(await readdir(work)).toEqual([]);
});

test("media boot says that the firmware finds nothing to start, and ends with Ctrl-C", {
  timeout,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await startFarm({ agents: {} });
  const work = await makeMedia(farm);
  const plain = await boot(farm, ["plain", "--work", work, ...EXPECT]);
  expect(plain).toMatchObject({ code: 1 });
  expect(plain.stderr).toContain("the firmware found nothing to start");
  const never = ["media", "boot", "boot", "--work", work, "--expect", "never", "--timeout", "1h"];
  const program = startProgram("stickfarm", never, { cwd: farm.directory, env: farm.env });
  await waitFor("the machine", async () => (await machinesOf(work)).length > 0, {
    limitMs: 60_000,
  });
  program.signal("SIGINT");
  expect(await program.ended).toMatchObject({ code: 130 });
  expect(await machinesOf(work)).toEqual([]);
  expect(await readdir(work)).toEqual([]);
});

test("media boot with Secure Boot starts no loader that nobody signed", {
  timeout,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await startFarm({ agents: {} });
  const work = await makeMedia(farm);
  const secure = ["--firmware", "secureboot", "--work", work];
  const { code, stderr } = await boot(farm, ["boot", ...secure, ...EXPECT]);
  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(stderr).toContain("the firmware found nothing to start");
  expect(await farm.must("media", "show", "boot", "--boot", "1")).not.toContain("STICK-");
});

function boot({ directory, env }: TestFarm, args: readonly string[]) {
  const options = { cwd: directory, env, limitMs: 400_000 };
  return runToEnd("stickfarm", ["media", "boot", ...args], options);
}

async function makeMedia(farm: TestFarm): Promise<string> {
  const at = (name: string) => join(farm.directory, name);
  await makeBootTree(at("tree"), `label=${LABEL}`);
  // stickfarm writes it, and GRUB compares it with the digest that the tree's list has.
  await rm(at("tree/MediaLabel.txt"));
  await mkdir(at("plain"));
  await mkdir(at("work"));
  await writeFile(at("plain/readme.txt"), "no loader\n");
  await writeFile(at("boot.yaml"), MEDIA);
  await writeFile(at("plain.yaml"), NO_LOADER);
  await farm.must("boot-image", "add", "tree", "--name", "boot");
  await farm.must("content", "add", "plain", "--name", "plain");
  await farm.must("media", "apply", "-f", "boot.yaml");
  await farm.must("media", "apply", "-f", "plain.yaml");
  return at("work");
}

/** Processes with a stick of this folder on their command line. */
async function machinesOf(work: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.startsWith("qemu") || command.includes("/qemu-system"))
      if (command.includes(work)) found.push(pid);
  }
  return found;
}
