/** Block devices the whole way: a loop device on a file of our own is written, the machine's own disk is not touched. */
import { existsSync } from "node:fs";
import {
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  truncate,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { expect, onTestFinished, test } from "vitest";
import { fillWith, sameBytes } from "../journey/support/drive-bytes.ts";
import { buildIdOf, startFarm, type TestFarm } from "../journey/support/farm.ts";
import { checkFat, extractFat, STICK_JUDGES } from "../journey/support/fat-stick.ts";
import { diskImage, makeImage } from "../journey/support/make-image.ts";
import { waitForAsk } from "../journey/support/old-data.ts";
import { missingPrograms, runProgram } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const LIMIT_MS = 120_000;
/** Of the device and of the image, which was read from such a one; sticks need not end at a whole page. */
const DEVICE_BYTES = 48 * MIB + 512;
const FILES = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: files }
spec: { files: [{ content: tree }], output: { usb: { partitionTable: gpt } } }
`;

test("a loop device is written as an image of its own size, and then as a tree", {
  timeout: 300_000,
}, async ({ skip }) => {
  const missing = missingPrograms("losetup", ...STICK_JUDGES);
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const file = join(await tempDirectory(), "drive.img");
  await makeImage(file, DEVICE_BYTES);
  await fillWith(file, 0xa5);
  const device = await attachLoop(file);
  if (device === null) return skip("loop devices need root");
  const farm = await startFarm({ agents: { "ws-1": [{ serial: "L1", bay: "1", device }] } });
  const tree = join(farm.directory, "tree");
  await mkdir(tree);
  await makeImage(join(tree, "payload.bin"), 9 * MIB + 3, 2);
  await makeImage(join(farm.directory, "image.img"), DEVICE_BYTES);
  await writeFile(join(farm.directory, "image.yaml"), diskImage("image", "image"));
  await writeFile(join(farm.directory, "files.yaml"), FILES);
  await farm.must("content", "add", "image.img", "--name", "image");
  await farm.must("content", "add", "tree", "--name", "tree");
  await build(farm, "image");
  await sameBytes(file, join(farm.directory, "image.img"), DEVICE_BYTES);
  await build(farm, "files");
  await checkFat(file, farm.directory);
  await extractFat(file, join(farm.directory, "copied"));
  await runProgram("diff", [join(tree, "payload.bin"), join(farm.directory, "copied/payload.bin")]);
  await inspectDevice(farm, device, file);
});

/** It is only read, and where it cannot be read is said. */
async function inspectDevice(farm: TestFarm, device: string, file: string): Promise<void> {
  const before = await readFile(file);
  const intact = JSON.parse(await farm.must("stick", "inspect", device, "-o", "json"));
  const record = { result: "agrees" };
  expect(intact).toMatchObject({ verdict: "intact", notCompared: [], record });
  expect(await farm.must("stick", "open", device)).toMatch(/^Media: +files@1$/m);
  expect((await readFile(file)).equals(before)).toBe(true);
  await truncate(file, 2 * MIB);
  const cut = await farm.run("stick", "inspect", device);
  expect([cut.code, cut.stderr]).toEqual([
    1,
    expect.stringMatching(
      /Cannot read "\/dev\/loop\d+" at byte \d+\n.*EIO: [\s\S]*\[stick_damaged\]/,
    ),
  ]);
}

/** Only looks: if the refusal broke, nothing here would give the order to erase. */
test("the disk that this machine runs from is refused by name of reason, and nobody opens it", {
  timeout: 120_000,
}, async ({ skip }) => {
  const device = await findSystemDisk();
  if (device === null) return skip("the system lies on no block device that can be seen here");
  const farm = await startFarm({ agents: { "ws-1": [{ serial: "SYS", bay: "1", device }] } });
  const drives = JSON.parse(await farm.must("drive", "list", "-o", "json")) as readonly Listed[];
  expect(drives).toMatchObject([{ state: "refused" }]);
  expect(drives[0]?.drive.refusals.map(({ code }) => code)).toContain("drive_is_system");
  await makeImage(join(farm.directory, "image.img"), MIB);
  await writeFile(join(farm.directory, "image.yaml"), diskImage("image", "image"));
  await farm.must("content", "add", "image.img", "--name", "image");
  await farm.must("media", "apply", "-f", "image.yaml");
  const plan = await farm.run("plan", "image", "--on", "ws-1", "-o", "json");
  expect(plan.code).toBe(5);
  expect(plan.stdout).toContain('"drive_is_system"');
  expect(await openFilesOf(farm.agent("ws-1").pid)).not.toContain(device);
});

type Listed = {
  readonly state: string;
  readonly drive: { readonly refusals: readonly { readonly code: string }[] };
};

/** What lies on the device is asked for: old data, or an image that fills it and leaves no room for a record. */
async function build(farm: TestFarm, name: string): Promise<void> {
  await waitForAsk(farm, "L1");
  await farm.must("media", "apply", "-f", `${name}.yaml`);
  const order = ["build", "start", name, "--on", "ws-1/1", "--erase", "L1", "--yes", "-o", "json"];
  const { state } = await farm.ended(buildIdOf(await farm.must(...order)), LIMIT_MS);
  expect(state).toBe("succeeded");
}

/** A free loop device on the file, for as long as the test runs; null when we may not have one. */
async function attachLoop(file: string): Promise<string | null> {
  const attached = await runProgram("losetup", ["--find", "--show", file]).catch(() => null);
  if (attached === null) return null;
  const device = attached.trim();
  onTestFinished(async () => {
    // Only while it is still ours: others on this machine use loop devices too.
    const backing = join("/sys/block", basename(device), "loop/backing_file");
    const behind = await readFile(backing, "utf8").catch(() => "");
    if (behind.trim() === file) await runProgram("losetup", ["--detach", device]);
  });
  return device;
}

/** The whole disk below "/". Source: proc(5), mountinfo. */
async function findSystemDisk(): Promise<string | null> {
  const mounts = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  const id = mounts.map((line) => line.split(" ")).findLast((fields) => fields[4] === "/")?.[2];
  const folder = await realpath(`/sys/dev/block/${id}`).catch(() => null);
  if (folder === null) return null;
  const disk = existsSync(join(folder, "partition")) ? dirname(folder) : folder;
  const device = join("/dev", basename(disk));
  return existsSync(device) ? device : null;
}

async function openFilesOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const links = (await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => ""));
  const paths = await Promise.all(links);
  expect(paths.length).toBeGreaterThan(3);
  return paths;
}
