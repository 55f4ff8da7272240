/** The way back: discs become sticks in one command, with every file as it was. */
import { mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingForBootTree } from "../support/boot-tree.ts";
import { missingPrograms } from "../support/run-program.ts";
import { buildIdOf, type TestFarm } from "./support/farm.ts";
import { checkFat, extractFat, STICK_JUDGES } from "./support/fat-stick.ts";
import { farmWithMedia, listFiles } from "./support/iso-farm.ts";

const missing = [...missingForBootTree(), ...missingPrograms("xorriso", ...STICK_JUDGES)];
const DRIVES = [
  { serial: "A1", bay: "1", size: "256MiB" },
  { serial: "B2", bay: "2", size: "256MiB" },
];

test("build start --iso puts the discs of a set onto sticks, every file as it was", async ({
  skip,
}) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await farmWithMedia(DRIVES);
  await mkdir(join(farm.directory, "out"));
  await farm.must("media", "iso", "hq", "--out", "out", "--volume-size", "16MB");
  const discs = [1, 2, 3].flatMap((number) => ["--iso", `out/hq-0${number}.iso`]);

  const incomplete = await start(farm, ...discs.slice(0, 4), "--on", "ws-1", "--yes");
  expect(incomplete).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("number 3 is miss"),
  });
  const taken = await start(farm, ...discs, "--name", "hq", "--on", "ws-1", "--yes");
  expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining("name_taken") });
  const unasked = await start(farm, ...discs, "--on", "ws-1/1");
  expect(unasked).toMatchObject({ code: 5, stderr: expect.stringContaining("consent_missing") });

  const order = [...discs, "--name", "discs", "--on", "ws-1/1", "--on", "ws-1/2", "--yes"];
  const started = await start(farm, ...order, "-o", "json");
  expect(started).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("is made of hq-01.iso"),
  });
  expect((await farm.ended(buildIdOf(started.stdout))).state).toBe("succeeded");
  await sameAsFarm(farm, "A1");
  await sameAsFarm(farm, "B2");

  const again = await start(farm, ...order, "-o", "json");
  expect(again.stderr).toContain("is in the library already");
  expect(again.stderr).toContain("discs@1 needs drives");
  expect((await farm.ended(buildIdOf(again.stdout))).state).toBe("succeeded");

  await damage(join(farm.directory, "out/hq-02.iso"));
  const damaged = await start(farm, ...discs, "--name", "broken", "--on", "ws-1", "--yes");
  expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining("iso_mismatch") });
});

test("build start --iso --as image writes a disc as it is", async ({ skip }) => {
  skip(missing.length > 0, `this machine lacks ${missing.join(", ")}`);
  const farm = await farmWithMedia(DRIVES);
  await mkdir(join(farm.directory, "out"));
  await farm.must("media", "iso", "hq", "--out", "out");
  const iso = join(farm.directory, "out/hq.iso");
  const refused = await start(farm, "hq", "--iso", iso, "--on", "ws-1");
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("both given") });
  const order = ["--iso", iso, "--as", "image", "--name", "raw", "--on", "ws-1/1", "--yes"];
  const started = await start(farm, ...order, "-o", "json");
  expect((await farm.ended(buildIdOf(started.stdout))).state).toBe("succeeded");
  const bytes = await readFile(iso);
  const stick = await readFile(farm.driveFile("ws-1", "A1"));
  expect(stick.subarray(0, bytes.length).equals(bytes)).toBe(true);
});

function start(farm: TestFarm, ...args: string[]) {
  return farm.run("build", "start", ...args);
}

/** All that the farm was given lies on the stick, and nothing else but our own folder. */
async function sameAsFarm(farm: TestFarm, serial: string): Promise<void> {
  const stick = farm.driveFile("ws-1", serial);
  const scratch = join(farm.directory, `read-${serial}`);
  await mkdir(scratch);
  await checkFat(stick, scratch);
  const read = join(scratch, "files");
  await extractFat(stick, read);
  const trees = [
    ["tree", ""],
    ["payload", "data/"],
  ] as const;
  const expected = ["MediaLabel.txt"];
  for (const [name, prefix] of trees) {
    for (const path of await listFiles(join(farm.directory, name))) {
      expected.push(prefix + path);
      const isSame = (await readFile(join(read, prefix + path))).equals(
        await readFile(join(farm.directory, name, path)),
      );
      expect([path, isSame]).toEqual([path, true]);
    }
  }
  const found = (await listFiles(read)).filter((path) => !path.startsWith("stickfarm/"));
  expect(found).toEqual(expected.sort());
  expect(await readFile(join(read, "MediaLabel.txt"), "utf8")).toBe("label=HQ Büro\n");
  const media = JSON.parse(await readFile(join(read, "stickfarm/media.json"), "utf8"));
  expect(media.environment).toContainEqual({ name: "OSDTimeZone", value: "UTC" });
  expect(media.environment).toContainEqual({ name: "_SMSTSLaunchMode", value: "UFD+FORMAT" });
}

/** One byte of one file, and the image as long as before. */
async function damage(iso: string): Promise<void> {
  const bytes = await readFile(iso);
  const at = bytes.indexOf("and more of it");
  bytes.write("A", at);
  await truncate(iso, 0);
  await writeFile(iso, bytes);
}
