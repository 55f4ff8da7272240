/** What a yes alone does not erase: a stick that holds what sticks do not carry is erased when its serial is typed. */
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { runToEnd } from "../support/processes.ts";
import { digestOf, sameBytes } from "./support/drive-bytes.ts";
import { buildIdOf, startFarm, type TestFarm } from "./support/farm.ts";
import { diskImage, makeImage } from "./support/make-image.ts";
import { waitForAsk } from "./support/old-data.ts";
import { refusalOf } from "./support/refusal.ts";

const LONG = { timeout: 300_000 };
const IMAGE_BYTES = 8 * MIB;
const DRIVES = [
  { serial: "A1", bay: "1", size: "64MiB" },
  { serial: "B2", bay: "2", size: "64MiB" },
];

test(
  "a stick with a file system of somebody's is erased when its serial is typed, and not before",
  LONG,
  async () => {
    const farm = await startWithBackup();
    const before = await digestOf(farm.driveFile("ws-1", "A1"));
    const start = ["build", "start", "image", "--on", "ws-1", "--yes", "-o", "json"];

    const plan = await farm.run("plan", "image", "--on", "ws-1");
    expect(plan.code).toBe(5);
    expect(plan.stdout).toMatch(/ A1 .* ext4 backup +only by serial: drive_foreign_content\n/);
    expect(plan.stdout).toMatch(/ B2 .* will be erased\n/);
    expect(plan.stdout).toContain("--erase A1\n");
    expect((await farm.run("plan", "image", "--on", "ws-1", "--erase", "A1")).code).toBe(0);
    const shown = await farm.must("drive", "show", "ws-1/1");
    expect(shown).toContain("asked Cannot erase the drive");

    expect(refusalOf(await farm.run(...start))).toMatchObject({ code: "drive_refused", exit: 5 });
    for (const wrong of ["B2", "a1", "A"]) {
      const refused = await farm.run(...start, "--erase", "A1", "--erase", wrong);
      expect(refusalOf(refused)).toMatchObject({ code: "usage", exit: 2 });
    }
    expect(await farm.must("build", "list", "-o", "json")).toBe("[]\n");
    expect(await digestOf(farm.driveFile("ws-1", "A1"))).toBe(before);

    const buildId = buildIdOf(await farm.must(...start, "--erase", "A1"));
    expect((await farm.ended(buildId)).state).toBe("succeeded");
    for (const { serial } of DRIVES)
      await sameBytes(
        farm.driveFile("ws-1", serial),
        join(farm.directory, "image.img"),
        IMAGE_BYTES,
      );
    const log = await farm.must("build", "log", buildId);
    expect(log).toMatch(/ws-1\/1 A1: operator "admin" typed its serial: .*"ext4 backup"/);
    expect(log).not.toMatch(/B2: operator/);
  },
);

test(
  "an operator without the role has nothing erased by a serial, and retries no such build",
  LONG,
  async () => {
    const farm = await startWithBackup();
    const before = await digestOf(farm.driveFile("ws-1", "A1"));
    const config = join(farm.directory, "ops.yaml");
    await farm.must("operator", "create", "ops", "--controller", farm.address, "--out", config);
    const asOps = async (...args: string[]) => {
      const env = { ...farm.env, STICKFARM_CONFIG: config };
      return refusalOf(
        await runToEnd("stickfarm", [...args, "-o", "json"], { cwd: farm.directory, env }),
      );
    };
    const start = ["build", "start", "image", "--on", "ws-1/1", "--yes", "--erase", "A1"];
    expect(await asOps(...start)).toMatchObject({ code: "role_missing", exit: 4 });
    expect(await digestOf(farm.driveFile("ws-1", "A1"))).toBe(before);

    // Nothing can be fetched, so that the build of the one who may fails before anything is erased.
    const stored = await storedImage(farm);
    const bytes = await readFile(stored);
    await writeFile(stored, Buffer.alloc(bytes.length));
    const buildId = buildIdOf(await farm.must(...start, "-o", "json"));
    expect((await farm.ended(buildId)).jobs).toMatchObject([{ state: "failed", dirty: false }]);
    await writeFile(stored, bytes);
    expect(await asOps("build", "retry", buildId)).toMatchObject({ code: "role_missing" });
    expect(await digestOf(farm.driveFile("ws-1", "A1"))).toBe(before);
    await farm.must("build", "retry", buildId);
    expect((await farm.ended(buildId)).state).toBe("succeeded");
  },
);

test(
  "what came onto a stick after the plan had seen it is found before anything is erased",
  LONG,
  async () => {
    const farm = await startFarm({ agents: { "ws-1": DRIVES } });
    await addImage(farm);
    expect((await farm.run("plan", "image", "--on", "ws-1/1")).code).toBe(0);
    // In place: the same file, so the same insertion, and the agent does not look again.
    makeBackup(farm.driveFile("ws-1", "A1"));
    const before = await digestOf(farm.driveFile("ws-1", "A1"));
    const start = ["build", "start", "image", "--on", "ws-1/1", "--yes", "-o", "json"];
    const failed = await farm.ended(buildIdOf(await farm.must(...start)));
    expect(failed.jobs).toMatchObject([
      {
        state: "failed",
        dirty: false,
        problem: { code: "drive_foreign_content", detail: expect.stringContaining("ext4 backup") },
      },
    ]);
    expect(await digestOf(farm.driveFile("ws-1", "A1"))).toBe(before);

    await waitForAsk(farm, "A1");
    const typed = await farm.ended(buildIdOf(await farm.must(...start, "--erase", "A1")));
    expect(typed.state).toBe("succeeded");
  },
);

/** A farm whose first drive was found with a file system of ext4. */
async function startWithBackup(): Promise<TestFarm> {
  const farm = await startFarm({ agents: { "ws-1": DRIVES } });
  await addImage(farm);
  await farm.agent("ws-1").end();
  makeBackup(farm.driveFile("ws-1", "A1"));
  await farm.runAgent("ws-1");
  await waitForAsk(farm, "A1");
  return farm;
}

function makeBackup(path: string): void {
  execFileSync("mkfs.ext4", ["-q", "-F", "-L", "backup", path]);
}

async function addImage(farm: TestFarm): Promise<void> {
  await makeImage(join(farm.directory, "image.img"), IMAGE_BYTES);
  await writeFile(join(farm.directory, "image.yaml"), diskImage("image", "image"));
  await farm.must("content", "add", "image.img", "--name", "image");
  await farm.must("media", "apply", "-f", "image.yaml");
}

async function storedImage(farm: TestFarm): Promise<string> {
  const sha256 = await digestOf(join(farm.directory, "image.img"));
  return join(farm.directory, "farm/library/sha256", sha256.slice(0, 2), sha256);
}
