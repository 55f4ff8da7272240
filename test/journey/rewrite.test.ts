/** A stick that holds an earlier build: only what differs is written, and it ends as a stick that was written whole. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { missingPrograms, runProgram } from "../support/run-program.ts";
import { buildIdOf, startFarm, type TestFarm } from "./support/farm.ts";
import { checkFat, extractFat, STICK_JUDGES } from "./support/fat-stick.ts";
import { makeImage } from "./support/make-image.ts";
import { fillWithOld, typing } from "./support/old-data.ts";

const mediaOf = (content: string): string => `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: tools }
spec: { files: [{ content: ${content}, at: /tools }] }
`;
const SERIALS = ["A1", "B2"];
const PAYLOAD_BYTES = 24 * MIB;

test("a refreshed stick holds the new files and a clean file system, and little of it was written", {
  timeout: 400_000,
}, async ({ skip }) => {
  const missing = missingPrograms(...STICK_JUDGES);
  if (missing.length > 0) skip(true, `not on this machine: ${missing.join(", ")}`);
  const drives = SERIALS.map((serial, index) => ({ serial, bay: `${index + 1}`, size: "96MiB" }));
  const farm = await startFarm({ agents: { "ws-1": drives } });
  await fillWithOld(farm, "ws-1", SERIALS);
  const files = join(farm.directory, "files");
  await mkdir(files);
  await makeImage(join(files, "payload.bin"), PAYLOAD_BYTES, 1);
  await makeImage(join(files, "settings.bin"), 5000, 2);
  await applyMedia(farm, "tools-1");
  await build(farm, "--full", ...typing(SERIALS));

  await makeImage(join(files, "settings.bin"), 7000, 3);
  await writeFile(join(files, "new file.txt"), "new");
  await applyMedia(farm, "tools-2");
  for (const proof of ["read-back", "compared"]) {
    const { jobs } = await build(farm, "--refresh", "--proof", proof);
    for (const { proof: reached, evidence } of jobs) {
      expect(reached).toBe(proof);
      expect(evidence?.comparedBytes).toBeGreaterThanOrEqual(PAYLOAD_BYTES - MIB);
      expect(evidence?.writtenBytes).toBeLessThan(8 * MIB);
    }
    for (const serial of SERIALS) await holds(farm, serial, files);
  }
});

async function applyMedia(farm: TestFarm, content: string): Promise<void> {
  await farm.must("content", "add", "files", "--name", content);
  await writeFile(join(farm.directory, "media.yaml"), mediaOf(content));
  await farm.must("media", "apply", "-f", "media.yaml");
}

async function build(farm: TestFarm, ...options: readonly string[]) {
  const order = ["build", "start", "tools", "--on", "ws-1", "--yes", "-o", "json", ...options];
  const ended = await farm.ended(buildIdOf(await farm.must(...order)), 120_000);
  expect(ended.state).toBe("succeeded");
  return ended;
}

async function holds(farm: TestFarm, serial: string, files: string): Promise<void> {
  const drive = farm.driveFile("ws-1", serial);
  const said = (await checkFat(drive, farm.directory)).trim().split("\n");
  expect(said).toEqual([
    expect.stringContaining("fsck.fat"),
    expect.stringMatching(/ \d+ files, \d+\/\d+ clusters$/),
  ]);
  const copied = join(farm.directory, `files-of-${serial}`);
  await extractFat(drive, copied);
  expect((await readdir(join(copied, "tools"))).sort()).toEqual((await readdir(files)).sort());
  await runProgram("diff", ["-r", files, join(copied, "tools")]);
  await rm(copied, { recursive: true });
}
