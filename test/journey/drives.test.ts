import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DriveView } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import { startProgram } from "../support/processes.ts";
import { waitFor } from "../support/wait-for.ts";
import { buildIdOf, startFarm, type TestFarm } from "./support/farm.ts";
import { diskImage } from "./support/make-image.ts";
import { refusalOf } from "./support/refusal.ts";

const LIMIT = { timeout: 300_000 };
const MEDIA = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: files }
spec: { files: [{ content: tree }], output: { label: GLANCE } }
`;

test(
  "a drive shows what it holds: a stranger's volume, and after a build our own",
  LIMIT,
  async () => {
    const drives = [
      { serial: "A1", bay: "1", size: "64MiB" },
      { serial: "B2", bay: "2", size: "64MiB" },
    ];
    const farm = await startFarm({ agents: { "ws-1": drives } });
    expect(await contentsOf(farm, "1")).toMatchObject({ volumes: [{ kind: "blank" }] });

    await farm.agent("ws-1").end();
    execFileSync("mkfs.fat", ["-n", "HOLIDAYS", farm.driveFile("ws-1", "A1")], { stdio: "pipe" });
    await farm.runAgent("ws-1");
    await contentsOf(farm, "1");
    expect(await farm.must("drive", "list")).toMatch(/ A1 .* fat16 HOLIDAYS\n/);

    await mkdir(join(farm.directory, "tree"));
    await writeFile(join(farm.directory, "tree", "readme.txt"), "hello");
    await writeFile(join(farm.directory, "media.yaml"), MEDIA);
    await farm.must("content", "add", "tree", "--name", "tree");
    await farm.must("media", "apply", "-f", "media.yaml");
    const start = ["build", "start", "files", "--on", "ws-1/1", "--yes", "-o", "json"];
    const buildId = buildIdOf(await farm.must(...start));
    expect((await farm.ended(buildId)).state).toBe("succeeded");
    const passport = { buildId, mediaName: "files", mediaRevision: 1, isSealed: true };
    await waitFor("the passport", async () => (await shown(farm, "1")).drive?.contents?.passport);
    expect(await contentsOf(farm, "1")).toMatchObject({
      table: "mbr",
      volumes: [{ partition: 1, kind: "fat32", label: "GLANCE" }],
      passport,
    });
    expect(await farm.must("drive", "show", "1")).toMatch(/Media: +files@1\n.*Sealed: +yes\n/s);
  },
);

test(
  "a stick of an image is known by the record behind it, until it is somebody else's",
  LIMIT,
  async () => {
    const drives = [{ serial: "A1", bay: "1", size: "64MiB" }];
    const farm = await startFarm({ agents: { "ws-1": drives } });
    execFileSync("mkfs.ext4", ["-q", "-L", "root", join(farm.directory, "pi.img"), "32M"]);
    await writeFile(join(farm.directory, "media.yaml"), diskImage("pi", "pi"));
    await farm.must("content", "add", "pi.img", "--name", "pi");
    await farm.must("media", "apply", "-f", "media.yaml");
    const start = ["build", "start", "pi", "--on", "ws-1/1", "--yes", "-o", "json"];
    const buildId = buildIdOf(await farm.must(...start));
    expect((await farm.ended(buildId)).state).toBe("succeeded");
    await waitFor("the record", async () => (await shown(farm, "1")).drive?.contents?.passport);
    const passport = { buildId, mediaName: "pi", mediaRevision: 1, isSealed: true };
    expect(await contentsOf(farm, "1")).toMatchObject({ volumes: [{ kind: "ext4" }], passport });
    expect(await farm.must("drive", "list")).toContain("pi@1, sealed");

    await farm.agent("ws-1").end();
    // Not all of the drive: what lies in its last MiB is left as it was.
    const file = farm.driveFile("ws-1", "A1");
    execFileSync("mkfs.ext4", ["-q", "-F", "-L", "theses", file, "48M"]);
    await farm.runAgent("ws-1");
    await contentsOf(farm, "1");
    expect(await farm.must("drive", "list")).toMatch(/ asks +A1 .* ext4 theses .* by a yes alone/);
  },
);

test("a bay is called what people call it, in every list, and found by that", LIMIT, async () => {
  const drives = [
    { serial: "A1", bay: "usb-1", size: "64MiB" },
    { serial: "B2", bay: "usb-2", size: "64MiB" },
  ];
  const farm = await startFarm({ agents: { "ws-1": drives } });
  await farm.must("drive", "label", "usb-1", "left hub 3");
  const taken = await farm.run("drive", "label", "ws-1/usb-2", "left hub 3", "-o", "json");
  expect(refusalOf(taken)).toMatchObject({ code: "label_taken", exit: 2 });
  const other = await farm.run("drive", "label", "ws-1/usb-2", "usb-1", "-o", "json");
  expect(refusalOf(other)).toMatchObject({ code: "label_taken" });
  const long = await farm.run("drive", "label", "ws-1/usb-2", "x".repeat(33), "-o", "json");
  expect(refusalOf(long)).toMatchObject({ code: "label_invalid" });

  await farm.controller().end();
  await farm.serve();
  await waitFor("the agent", async () => (await shown(farm, "left hub 3")).state === "free");
  expect(await farm.must("drive", "list")).toMatch(/ usb-1 +left hub 3 +free +A1 /);
  await writeFile(join(farm.directory, "file.bin"), Buffer.alloc(4096, 7));
  await writeFile(join(farm.directory, "media.yaml"), diskImage("image", "file"));
  await farm.must("content", "add", "file.bin", "--name", "file");
  await farm.must("media", "apply", "-f", "media.yaml");
  expect(await farm.must("plan", "image", "--on", "ws-1/left hub 3")).toMatch(/left hub 3 +A1 /);
  const start = ["build", "start", "image", "--on", "ws-1/left hub 3", "--yes", "-o", "json"];
  const build = await farm.ended(buildIdOf(await farm.must(...start)));
  expect(build.jobs).toMatchObject([{ state: "succeeded", bay: "usb-1", label: "left hub 3" }]);
  expect(await farm.must("build", "report", "--last")).toContain("ws-1/left hub 3");
  await farm.must("drive", "label", "ws-1/usb-1", "");
  expect(await farm.must("drive", "list")).not.toContain("left hub 3");
  expect(await farm.must("build", "report", "--last")).toContain("ws-1/left hub 3");
});

test(
  "a stick blinks until its time is up or Ctrl-C, and nothing on it changes",
  LIMIT,
  async () => {
    const farm = await startFarm({
      agents: { "ws-1": [{ serial: "A1", bay: "1", size: "64MiB" }] },
    });
    const before = (await shown(farm, "1")).drive?.insertion;
    const located = await farm.run("drive", "locate", "1", "--seconds", "1", "-o", "json");
    expect(JSON.parse(located.stdout)).toEqual({ agent: "ws-1", bay: "1", seconds: 1 });
    expect(located.stderr).toContain("ws-1/1 blinks for 1 s: stick A1");

    const options = { cwd: farm.directory, env: farm.env };
    const long = startProgram("stickfarm", ["drive", "locate", "1", "--seconds", "60"], options);
    await waitFor("the blinking", () => blinkers(farm).length > 0 || undefined);
    const busy = await farm.run("drive", "locate", "1", "-o", "json");
    expect(refusalOf(busy)).toMatchObject({ code: "drive_busy" });
    process.kill(long.pid, "SIGINT");
    await waitFor("its end", () => blinkers(farm).length === 0 || undefined);
    const wrong = await farm.run("drive", "locate", "1", "--seconds", "61", "-o", "json");
    expect(refusalOf(wrong)).toMatchObject({ code: "usage" });
    expect((await shown(farm, "1")).drive?.insertion).toBe(before);
  },
);

/** Children of the agent that read from its drives. */
function blinkers(farm: TestFarm): readonly string[] {
  const { pid } = farm.agent("ws-1");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return children.filter((child) => child !== "" && commandOf(child).includes("locate-main"));
}

/** Empty when the process has gone. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** As soon as somebody has looked. */
function contentsOf(farm: TestFarm, bay: string) {
  return waitFor(`the contents of bay ${bay}`, async () => {
    const { drive } = await shown(farm, bay);
    return drive?.contents?.state === "seen" ? drive.contents : undefined;
  });
}

async function shown(farm: TestFarm, bay: string): Promise<DriveView> {
  return JSON.parse(await farm.must("drive", "show", bay, "-o", "json")) as DriveView;
}
