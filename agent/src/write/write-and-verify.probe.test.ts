import { expect, onTestFinished, test } from "vitest";
import {
  imageExtents,
  MIB,
  makeCache,
  noise,
  openMemoryDrive,
  runPasses,
} from "./write-fixture.ts";

const geometry = { sizeBytes: 24 * MIB, logicalBlockBytes: 512 };
const bytes = noise(16 * MIB);

async function setUp() {
  const cache = await makeCache(onTestFinished);
  const image = await cache.add(bytes);
  const plan = { geometry, cache, blobs: [image], extents: imageExtents(image) };
  const run = (options: Pick<Parameters<typeof runPasses>[0], "drive" | "policy" | "onPhase">) =>
    runPasses({ ...plan, ...options });
  return { run };
}

test.each(["probe", "surface"] as const)(
  "writeAndVerify() makes the same stick after a %s, and says that it was made",
  async (capacity) => {
    const { run } = await setUp();
    const drive = openMemoryDrive(geometry);
    const phases: string[] = [];
    const { verified, seal } = await run({
      drive,
      policy: { capacity },
      onPhase: (phase) => phases.push(phase),
    });
    expect(verified).toMatchObject({ value: { capacity, verifiedBytes: 15 * MIB } });
    expect(phases).toEqual(["erase", "probe", "write", "verify"]);
    expect((await seal()).ok).toBe(true);
    expect(drive.bytes.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect(drive.bytes.subarray(23 * MIB).equals(Buffer.alloc(MIB))).toBe(true);
  },
);

test("writeAndVerify() writes no content to a stick whose probe shows that it is fake", async () => {
  const { run } = await setUp();
  const phases: string[] = [];
  const { verified } = await run({
    drive: openMemoryDrive(geometry, (block) => block % ((20 * MIB) / 512)),
    policy: { capacity: "probe" },
    onPhase: (phase) => phases.push(phase),
  });
  expect(verified).toMatchObject({
    problem: { code: "drive_fake", detail: expect.stringContaining("keeps about 20.0 MiB") },
  });
  expect(phases).toEqual(["erase", "probe"]);
});
