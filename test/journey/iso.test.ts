/** Discs of a definition, judged by what other programs read from them. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingForBootTree } from "../support/boot-tree.ts";
import { PROGRAMS, spawnProgram } from "../support/processes.ts";
import { missingPrograms, runProgram } from "../support/run-program.ts";
import { waitFor } from "../support/wait-for.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { farmWithMedia, listFiles } from "./support/iso-farm.ts";

const missing = [...missingForBootTree(), ...missingPrograms("xorriso", "isoinfo", "sfdisk")];
const MB = 1_000_000;

type Made = {
  readonly boots: { readonly bios: boolean; readonly uefi: boolean };
  readonly volumes: readonly {
    readonly path: string;
    readonly volume: number;
    readonly of: number;
    readonly label: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  }[];
};

test("media iso makes one hybrid disc with every file, the same bytes each time", async ({
  skip,
}) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await farmWithMedia();
  const out = await folder(farm, "out");
  const { boots, volumes } = await makeIso(farm, "--out", "out");
  const iso = join(out, "hq.iso");
  expect(boots).toEqual({ bios: true, uefi: true });
  expect(volumes).toEqual([
    { path: iso, volume: 1, of: 1, label: "HQ Büro", ...(await digestOf(iso)) },
  ]);
  expect(await readdir(out)).toEqual(["hq.iso"]);

  const tree = join(farm.directory, "tree");
  const files = await extract(farm, iso, "read");
  for (const path of await listFiles(tree))
    expect([
      path,
      (await readFile(join(files, path))).equals(await readFile(join(tree, path))),
    ]).toEqual([path, true]);
  expect(await readdir(join(files, "logs/empty"))).toEqual([]);
  expect(JSON.parse(await readFile(join(files, "stickfarm/volume.json"), "utf8"))).toMatchObject({
    volume: 1,
    of: 1,
  });
  const media = JSON.parse(await readFile(join(files, "stickfarm/media.json"), "utf8"));
  expect(media.environment).toContainEqual({ name: "_SMSTSLaunchMode", value: "CD" });
  expect(await readFile(join(files, "MediaLabel.txt"), "utf8")).toBe("label=HQ Büro\n");
  const manifest = await readFile(join(files, "stickfarm/manifest.json"));
  expect(JSON.parse(manifest.toString())).toMatchObject({ definition: { name: "hq" } });
  expect((await stat(join(files, "EFI/BOOT/BOOTX64.EFI"))).mtimeMs).toBe(
    Math.floor((await stat(join(tree, "EFI/BOOT/BOOTX64.EFI"))).mtimeMs / 1000) * 1000,
  );

  const info = await runProgram("isoinfo", ["-d", "-i", iso]);
  expect(info).toMatch(/El Torito VD version 1 found[\s\S]*Joliet with UCS level 3 found/);
  expect(await runProgram("isoinfo", ["-J", "-f", "-i", iso])).toContain("/check/a folder/with a");
  expect(await runProgram("sfdisk", ["--verify", iso])).toContain("No errors detected");
  expect(await runProgram("sfdisk", ["-l", iso])).toMatch(/EFI System/);

  await folder(farm, "again");
  const again = await makeIso(farm, "--out", "again");
  expect(again.volumes[0]?.sha256).toBe(volumes[0]?.sha256);
});

test("media iso makes a set of numbered discs that together have every file once", async ({
  skip,
}) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await farmWithMedia();
  const out = await folder(farm, "out");
  const { volumes } = await makeIso(farm, "--out", "out", "--volume-size", "16MB");
  expect(volumes.map(({ path, of, label }) => [path, of, label])).toEqual(
    [1, 2, 3].map((number) => [join(out, `hq-0${number}.iso`), 3, `HQ Büro ${number}of3`]),
  );
  const seen: string[] = [];
  const sets = new Set<unknown>();
  for (const { path, volume, sizeBytes } of volumes) {
    expect(sizeBytes).toBe((await stat(path)).size);
    expect(sizeBytes).toBeLessThanOrEqual(16 * MB);
    const files = await extract(farm, path, `read-${volume}`);
    const json = JSON.parse(await readFile(join(files, "stickfarm/volume.json"), "utf8"));
    expect(json).toMatchObject({ volume, of: 3 });
    sets.add(json.manifestSha256);
    const paths = (await listFiles(files)).filter((each) => !each.startsWith("stickfarm/"));
    seen.push(...paths);
    expect(paths.some((each) => each.startsWith("EFI/"))).toBe(volume === 1);
    expect(await listFiles(files)).toContain("stickfarm/media.json");
    expect(await listFiles(files)).toContain("stickfarm/manifest.sig");
  }
  expect(sets.size).toBe(1);
  const trees = [...(await listFiles(join(farm.directory, "tree"))), "MediaLabel.txt"];
  const payload = (await listFiles(join(farm.directory, "payload"))).map((path) => `data/${path}`);
  expect(seen.sort()).toEqual([...trees, ...payload].sort());

  const tooSmall = await farm.run("media", "iso", "hq", "--out", "out", "--volume-size", "4MB");
  expect([tooSmall.code, tooSmall.stderr]).toEqual([
    2,
    expect.stringContaining("volume_too_small"),
  ]);
});

test("media iso never touches an existing file before the new one is whole", async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await farmWithMedia();
  const out = await folder(farm, "out");
  const iso = join(out, "hq.iso");
  await writeFile(iso, "the old image");
  const unchanged = async (): Promise<void> => {
    expect(await readFile(iso, "utf8")).toBe("the old image");
    expect(await readdir(out)).toEqual(["hq.iso"]);
  };
  const refused = await farm.run("media", "iso", "hq", "--out", "out");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("file_exists")]);
  await unchanged();

  // What is written is damaged behind xorriso's back.
  const flips = `import { execFileSync } from "node:child_process";
import { openSync, readFileSync, writeSync } from "node:fs";
execFileSync("/usr/bin/xorriso", process.argv.slice(2), { stdio: "inherit" });
const script = process.argv[process.argv.indexOf("-options_from_file") + 1];
if (process.argv.includes("-options_from_file")) {
  const iso = /stdio:([^"]+)/.exec(readFileSync(script, "utf8"))[1];
  const at = readFileSync(iso).indexOf("GRUB looks for this file");
  writeSync(openSync(iso, "r+"), "g", at);
}`;
  const damaged = await isoWith(farm, flips).ended;
  expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining("iso_mismatch")]);
  expect(damaged.stderr).toContain('"boot/grub/stickfarm-boot-tree" has 25 bytes');
  await unchanged();

  const fails = `process.stderr.write("no luck\\n"); process.exit(32);`;
  const failed = await isoWith(farm, fails).ended;
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("no luck")]);
  await unchanged();

  const hangs = `import { readFileSync, writeFileSync } from "node:fs";
const script = readFileSync(process.argv.at(-1), "utf8");
writeFileSync(/stdio:([^"]+)/.exec(script)[1], "half an image");
// Its parent may be killed outright: then nobody else ends this one.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(), 100);`;
  const interrupted = isoWith(farm, hangs);
  await waitFor("half an image", () => hasHalf(out));
  interrupted.signal("SIGINT");
  expect(await interrupted.ended).toMatchObject({
    code: 130,
    stderr: expect.stringContaining("no file was changed"),
  });
  await unchanged();

  const killed = isoWith(farm, hangs);
  await waitFor("half an image", () => hasHalf(out));
  killed.signal("SIGKILL");
  await killed.ended;
  expect(await readFile(iso, "utf8")).toBe("the old image");
  expect((await readdir(out)).length).toBe(2);

  const { volumes } = await makeIso(farm, "--out", "out", "--replace");
  expect(await readdir(out)).toEqual(["hq.iso"]);
  expect(volumes).toMatchObject([await digestOf(iso)]);
});

test("media iso makes no disc of a disk image, and needs its folder", async () => {
  const farm = await startFarm({ agents: {} });
  await writeFile(join(farm.directory, "raw.img"), Buffer.alloc(4096, 7));
  await farm.must("content", "add", "raw.img", "--name", "raw");
  await writeFile(
    join(farm.directory, "raw.yaml"),
    "apiVersion: stickfarm/v1\nkind: DiskImage\nmetadata: { name: raw }\nspec: { image: { content: raw } }\n",
  );
  await farm.must("media", "apply", "-f", "raw.yaml");
  const refused = await farm.run("media", "iso", "raw", "--out", ".");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("is a DiskImage")]);
  const nowhere = await farm.run("media", "iso", "raw", "--out", "nowhere");
  expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringContaining("path_missing")]);
});

async function folder({ directory }: TestFarm, name: string): Promise<string> {
  await mkdir(join(directory, name));
  return join(directory, name);
}

async function makeIso(farm: TestFarm, ...args: string[]): Promise<Made> {
  return JSON.parse(await farm.must("media", "iso", "hq", ...args, "-o", "json")) as Made;
}

/** The command with another xorriso, replacing what is there. */
function isoWith({ directory, env }: TestFarm, script: string) {
  const bin = join(directory, "bin");
  const args = ["media", "iso", "hq", "--out", "out", "--replace"];
  const start = `import { mkdirSync, writeFileSync } from "node:fs";
mkdirSync(${JSON.stringify(bin)}, { recursive: true });
writeFileSync(${JSON.stringify(join(bin, "xorriso"))}, ${JSON.stringify(`#!/usr/bin/env node\n${script}`)}, { mode: 0o755 });
process.argv.splice(1, 0, ${JSON.stringify(PROGRAMS.stickfarm)});
await import(${JSON.stringify(PROGRAMS.stickfarm)});`;
  const path = `${bin}:${process.env["PATH"] ?? ""}`;
  return spawnProgram(["--input-type=module", "--eval", start, "--", ...args], {
    cwd: directory,
    env: { ...env, PATH: path },
  });
}

async function hasHalf(out: string): Promise<true | undefined> {
  for (const name of await readdir(out, { recursive: true }))
    if (name.endsWith("1.iso") && (await readFile(join(out, name), "utf8")) === "half an image")
      return true;
  return undefined;
}

async function digestOf(path: string) {
  const bytes = await readFile(path);
  return { sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

async function extract({ directory }: TestFarm, iso: string, name: string): Promise<string> {
  const target = await folder({ directory } as TestFarm, name);
  const args = ["-indev", iso, "-check_media", "--", "-osirrox", "on:auto_chmod_on"];
  await runProgram("xorriso", [...args, "-extract", "/", target]);
  await runProgram("chmod", ["-R", "u+w", target]);
  return target;
}
