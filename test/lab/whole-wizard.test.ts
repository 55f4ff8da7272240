/**
 * A definition that uses every option, typed as README says, to a stick and to a disc: both start under BIOS and UEFI, the
 * stick under Secure Boot as well, and each option is found again at its place by tools that others wrote.
 */
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { startFarm, type TestFarm } from "../journey/support/farm.ts";
import { checkFat, extractFat, STICK_JUDGES } from "../journey/support/fat-stick.ts";
import { makeImage } from "../journey/support/make-image.ts";
import { blocksOf, readReadme, sectionOf } from "../journey/support/readme.ts";
import { CLONE_PATH, startLine } from "../journey/support/shell.ts";
import { bootStick, missingForBoot } from "../support/boot-stick.ts";
import { missingPrograms, runProgram } from "../support/run-program.ts";
import { KERNEL_BOOTED, makeTestKernel, missingForTestKernel } from "../support/test-kernel.ts";

const BOOT_LIMIT_MS = 240_000;
const PASSWORD = "correct horse battery";
const JOIN_PASSWORD = "canary-join-51f0";

const missing = [
  ...missingForBoot(),
  ...missingForTestKernel(),
  ...missingPrograms(...STICK_JUDGES, "xorriso", "isoinfo", "openssl"),
];

test("README's whole wizard ends in a stick and a disc that hold every option and start everywhere", {
  timeout: 900_000 + 5 * BOOT_LIMIT_MS,
}, async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await startFarm({
    agents: {
      "ws-1": [
        { serial: "A1", bay: "1", size: "512MiB" },
        { serial: "B2", bay: "2", size: "512MiB" },
      ],
    },
  });
  const section = sectionOf(await readReadme(), "### The whole wizard, by hand");
  await prepare(farm, section);
  const printed = await typeLines(farm, blocksOf(section, "sh").join("\n"));
  const stick = farm.driveFile("ws-1", "A1");
  const files = join(farm.directory, "stick-files");
  await checkFat(stick, farm.directory);
  await extractFat(stick, files);
  await findEachOption(files, stick);
  for (const words of SEALED) expect(printed).toContain(words);
  expect(printed).not.toContain(JOIN_PASSWORD);
  await judgeDisc(join(farm.directory, "discs/hq-bare-metal.iso"), farm.directory);
  await runProgram("diff", ["-r", join(farm.directory, "tools"), join(files, "tools")]);
  await bootEverywhere(stick, join(farm.directory, "discs/hq-bare-metal.iso"));
});

async function prepare(farm: TestFarm, section: string): Promise<void> {
  const at = (name: string): string => join(farm.directory, name);
  const { kernel, initrd } = await makeTestKernel(farm.directory);
  await symlink(kernel, at("linux"));
  if (initrd !== at("initrd.gz")) await symlink(initrd, at("initrd.gz"));
  for (const [index, file] of ["a.img", "b.img"].entries()) {
    await symlink(farm.driveFile("ws-1", ["A1", "B2"][index] ?? ""), at(file));
  }
  await mkdir(at("tools/deep"), { recursive: true });
  await makeImage(at("tools/deep/Größe.bin"), 3 * MIB + 5, 4);
  await mkdir(at("ask-user"));
  await writeFile(at("ask-user/ask-user.cmd"), "@echo off\r\n");
  await writeFile(at("password.txt"), `${PASSWORD}\n`);
  await writeFile(at("join.txt"), `${JOIN_PASSWORD}\n`);
  await mkdir(at("share"));
  const [install = "", definition = ""] = blocksOf(section, "yaml");
  await writeFile(at("install.yaml"), install);
  await writeFile(at("hq.yaml"), definition);
}

async function typeLines({ directory, env }: TestFarm, block: string): Promise<string> {
  const printed: string[] = [];
  for (const line of block.split("\n").filter((text) => text.trim() !== "")) {
    const program = startLine(line.replace("npx ", ""), {
      cwd: directory,
      env: { ...env, PATH: CLONE_PATH },
    });
    const { code, stdout, stderr } = await program.ended;
    expect({ line, code, stderr }).toMatchObject({ line, code: 0 });
    printed.push(stdout, stderr);
  }
  return printed.join("\n");
}

/** What is sealed, as `stick open` showed it when it was given the password. */
const SEALED = [
  "SMSTSLocationMPs            http://mp1.example.net:80*http://mp2.example.net:80",
  "_SMSTSSiteCode              P01",
  "SMSTSAssignUsersMode        Pending",
  "SMSTSPreferredAdvertID      P0120001",
  "OSDTimeZone                 W. Europe Standard Time",
  "OSDComputerName             (asked at boot)",
  "Prestart command:  cmd /C ask-user.cmd",
  "Certificate ends:  2036-01-01T00:00:00Z",
  "the farm signed the manifest",
];

/** Option by option: what stands where, as a person with the stick in hand sees it. */
async function findEachOption(files: string, stick: string): Promise<void> {
  const text = (path: string): Promise<string> => readFile(join(files, path), "utf8");
  expect(await text("MediaLabel.txt")).toBe("label=HQ BOOT\n");
  expect(await text("autorun.inf")).toContain("HQ BOOT");
  expect(await runProgram("blkid", ["-p", "-o", "value", "-s", "PTTYPE", stick])).toBe("dos\n");
  const media = JSON.parse(await text("stickfarm/media.json"));
  expect(media).toMatchObject({
    name: "hq-bare-metal",
    labels: { site: "hq" },
    unattended: false,
    passwordRequired: true,
    unknownComputers: true,
    userDeviceAffinity: "pendingApproval",
    management: { mode: "dynamic", sealed: true },
    bootImage: { name: "rescue", targetArchitectures: ["x64"] },
    distributionPoints: ["share", "local"],
    taskSequence: { name: "install-w11", packages: [{ name: "tools" }] },
  });
  expect(await text("stickfarm/packages/ask-user/ask-user.cmd")).toBe("@echo off\r\n");
  for (const path of ["settings.sealed", "manifest.json", "manifest.sig", "passport.json"]) {
    expect((await readFile(join(files, "stickfarm", path))).length).toBeGreaterThan(0);
  }
  expect(JSON.stringify(media)).not.toContain(JOIN_PASSWORD);
}

async function judgeDisc(disc: string, directory: string): Promise<void> {
  const report = await runProgram("xorriso", ["-indev", disc, "-report_el_torito", "plain"]);
  expect(report).toMatch(/El Torito boot img.*BIOS/);
  expect(report).toMatch(/El Torito boot img.*UEFI/);
  await runProgram("xorriso", ["-indev", disc, "-check_media", "--"]);
  expect(await runProgram("isoinfo", ["-d", "-i", disc])).toContain("Volume id: HQ BOOT");
  const out = join(directory, "disc-files");
  await runProgram("xorriso", ["-osirrox", "on", "-indev", disc, "-extract", "/tools", out]);
  await runProgram("diff", ["-r", join(directory, "tools"), out]);
}

async function bootEverywhere(stick: string, disc: string): Promise<void> {
  const limitMs = BOOT_LIMIT_MS;
  const until = /KERNEL-BOOTED-OK .*\n/;
  for (const firmware of ["bios", "uefi", "secure"] as const) {
    const { console } = await bootStick({ stick, firmware, until, limitMs });
    expect(console).toMatch(KERNEL_BOOTED[firmware]);
  }
  for (const firmware of ["bios", "uefi"] as const) {
    const { console } = await bootStick({ stick: disc, isDisc: true, firmware, until, limitMs });
    expect(console).toMatch(KERNEL_BOOTED[firmware]);
  }
}
