import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { beforeEach, expect, test } from "vitest";
import { buildIdOf, startFarm, type TestFarm } from "../journey/support/farm.ts";
import { diskImage } from "../journey/support/make-image.ts";
import { whyNoFaultyDisk } from "../support/faulty-disk/open-faulty-disk.ts";
import { faultyDisk } from "../support/faulty-disk.ts";
import { waitFor } from "../support/wait-for.ts";

type Listed = {
  readonly drive: {
    readonly bay: string;
    readonly refusals: readonly { readonly code: string }[];
    readonly contents: { readonly state: string; readonly why: string };
  };
};

/** As many reads that hang stop everything else that a Node process does with files. */
const HUNG = ["1", "2", "3", "4"];

beforeEach(({ skip }) => {
  const why = whyNoFaultyDisk();
  skip(why !== null, why ?? "");
});

test("sticks that hang when they are looked at hold up neither the agent nor a build", {
  timeout: 280_000,
}, async () => {
  const disks = await Promise.all(HUNG.map(() => faultyDisk(16 * MIB, { hang: { op: "read" } })));
  const hung = disks.map(({ path }, index) => ({
    serial: `H${index}`,
    bay: HUNG[index] ?? "",
    device: path,
  }));
  const farm = await startFarm({
    agents: { "ws-1": [...hung, { serial: "A1", bay: "good", size: "64MiB" }] },
  });
  await applyImage(farm);
  const start = ["build", "start", "image", "--on", "ws-1/good", "--yes", "-o", "json"];
  const build = await farm.ended(buildIdOf(await farm.must(...start)));
  expect(build.state).toBe("succeeded");

  const drives = await glancesOver(farm);
  const told = drives.map(({ drive }) => [drive.bay, drive.contents.state, drive.contents.why]);
  const late = "it did not answer within 15 s";
  expect(told.sort()).toEqual([
    ...HUNG.map((bay) => [bay, "unreadable", late]),
    ["good", "seen", ""],
  ]);
  for (const disk of disks) await disk.set({});
});

test("a stick that hangs when its writer looks at it is given up before anything is written", {
  timeout: 280_000,
}, async () => {
  const disk = await faultyDisk(16 * MIB, {});
  const farm = await startFarm({
    agents: { "ws-1": [{ serial: "H1", bay: "1", device: disk.path }] },
    agentArgs: ["--stall-limit", "20s"],
  });
  await applyImage(farm);
  await glancesOver(farm);
  await disk.set({ hang: { op: "read" } });
  const start = ["build", "start", "image", "--on", "ws-1/1", "--yes", "-o", "json"];
  const { jobs } = await farm.ended(buildIdOf(await farm.must(...start)));
  expect(jobs).toMatchObject([
    {
      state: "failed",
      dirty: false,
      problem: { code: "drive_hung", detail: expect.stringContaining("what the drive holds") },
    },
  ]);
  expect((await disk.statistics()).writtenBytes).toBe(0);
  await isQuarantined(farm, true);
  await disk.set({});
  await isQuarantined(farm, false);
});

async function applyImage(farm: TestFarm): Promise<void> {
  await writeFile(join(farm.directory, "file.bin"), Buffer.alloc(4096, 7));
  await writeFile(join(farm.directory, "media.yaml"), diskImage("image", "file"));
  await farm.must("content", "add", "file.bin", "--name", "file");
  await farm.must("media", "apply", "-f", "media.yaml");
}

async function list(farm: TestFarm): Promise<readonly Listed[]> {
  return JSON.parse(await farm.must("drive", "list", "-o", "json")) as Listed[];
}

function glancesOver(farm: TestFarm): Promise<readonly Listed[]> {
  return waitFor(
    "a glance at each drive",
    async () => {
      const seen = await list(farm);
      const isOver = seen.every(({ drive }) => drive.contents.state !== "unseen");
      return isOver ? seen : undefined;
    },
    { limitMs: 150_000, everyMs: 1000 },
  );
}

function isQuarantined(farm: TestFarm, is: boolean): Promise<true> {
  return waitFor(`quarantine: ${is}`, async () => {
    const codes = (await list(farm)).flatMap(({ drive }) => drive.refusals);
    return codes.some(({ code }) => code === "drive_quarantined") === is || undefined;
  });
}
