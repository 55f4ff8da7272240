/** What the farm knows of a stick: each build of it, whoever asks and whatever started again in between. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { flipByte } from "./support/drive-bytes.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { diskImage, makeImage } from "./support/make-image.ts";

const MEDIA = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: tools }
spec: { files: [{ content: tools, at: /tools }] }
`;

test("a stick that was built twice is listed once, with both builds, also after the controller has started again", {
  timeout: 400_000,
}, async () => {
  const drives = ["A1", "B2"].map((serial, index) => ({
    serial,
    bay: String(index + 1),
    size: "64MiB",
  }));
  const farm = await startFarm({ agents: { "ws-1": drives } });
  await applyTools(farm);
  await farm.must("build", "start", "tools", "--on", "ws-1", "--yes", "--watch");
  const again = ["--on", "ws-1/1", "--yes", "--watch", "--refresh", "--proof", "compared"];
  await farm.must("build", "start", "tools", ...again);
  expect(await farm.must("build", "log", "--last")).toMatch(
    /assigned, fence \d+; rewrite refresh, proof compared, capacity check none/,
  );
  await inspectBoth(farm);
  await farm.controller().end();
  await farm.serve();

  const listed = JSON.parse(await farm.must("stick", "list", "-o", "json"));
  expect(listed).toMatchObject([
    { serial: "A1", good: 2, failed: 0, capacity: "none", last: { mediaName: "tools" } },
    { serial: "B2", good: 1, failed: 0 },
  ]);
  const [shown] = JSON.parse(await farm.must("stick", "show", "A1", "-o", "json"));
  expect(shown.attempts).toMatchObject([
    { mediaRevision: 1, outcome: "succeeded", proof: "read-back", agent: "ws-1", bay: "1" },
    { mediaRevision: 1, outcome: "succeeded", proof: "compared", agent: "ws-1", bay: "1" },
  ]);
  expect(shown.attempts[1].evidence.comparedBytes).toBeGreaterThan(0);
  const [first, second] = shown.attempts;
  expect(first.stickId).not.toBe(second.stickId);
  expect(await farm.must("stick", "show", first.stickId, "-o", "json")).toBe(
    await farm.must("stick", "show", "A1", "-o", "json"),
  );
  const never = await farm.run("stick", "show", "C3");
  expect([never.code, never.stderr]).toEqual([3, expect.stringContaining("[stick_not_recorded]")]);
});

test("an image leaves its record behind it, by which its stick is inspected", {
  timeout: 400_000,
}, async () => {
  const farm = await startFarm({ agents: { "ws-1": [{ serial: "A1", bay: "1", size: "32MiB" }] } });
  await makeImage(join(farm.directory, "raw.img"), 3 * MIB + 512);
  await farm.must("content", "add", "raw.img", "--name", "raw");
  await writeFile(join(farm.directory, "media.yaml"), diskImage("raw", "raw"));
  await farm.must("media", "apply", "-f", "media.yaml");
  await farm.must("build", "start", "raw", "--on", "ws-1/1", "--yes", "--watch");
  const stick = farm.driveFile("ws-1", "A1");
  const intact = await farm.run("stick", "inspect", stick, "-o", "json");
  expect(intact.code, intact.stderr).toBe(0);
  expect(JSON.parse(intact.stdout)).toMatchObject({
    verdict: "intact",
    passport: { serial: "A1" },
    record: { result: "agrees" },
  });
  await flipByte(stick, 3 * MIB);
  const changed = await farm.run("stick", "inspect", stick);
  expect([changed.code, changed.stderr]).toEqual([1, expect.stringContaining('"image" changed')]);
});

async function applyTools(farm: TestFarm): Promise<void> {
  await mkdir(join(farm.directory, "files"));
  await writeFile(join(farm.directory, "files", "a.txt"), "a".repeat(5000));
  await writeFile(join(farm.directory, "files", "b.txt"), "b".repeat(5000));
  await farm.must("content", "add", "files", "--name", "tools");
  await writeFile(join(farm.directory, "media.yaml"), MEDIA);
  await farm.must("media", "apply", "-f", "media.yaml");
}

/** One as it was built, and after a byte of a file on it has changed. */
async function inspectBoth(farm: TestFarm): Promise<void> {
  const inspect = (serial: string) =>
    farm.run("stick", "inspect", farm.driveFile("ws-1", serial), "-o", "json");
  const intact = await inspect("A1");
  expect(intact.code, intact.stderr).toBe(0);
  const record = { result: "agrees" };
  expect(JSON.parse(intact.stdout)).toMatchObject({ verdict: "intact", findings: [], record });
  await flipByte(farm.driveFile("ws-1", "B2"), await findText(farm.driveFile("ws-1", "B2")));
  const changed = await inspect("B2");
  expect(changed.code).toBe(1);
  expect(JSON.parse(changed.stdout)).toMatchObject({
    verdict: "changed",
    findings: [{ what: "changed", path: "tools/b.txt" }],
    record,
  });
}

async function findText(path: string): Promise<number> {
  const at = (await readFile(path)).indexOf("b".repeat(5000));
  expect(at).toBeGreaterThan(0);
  return at + 2500;
}
