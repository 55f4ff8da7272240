import { diceOf } from "@stickfarm/common/test-dice";
import { expect, onTestFinished, test } from "vitest";
import {
  imageExtents,
  MIB,
  makeCache,
  noise,
  openMemoryDrive,
  runPasses,
} from "./write-fixture.ts";

const SEEDS = 15;
const geometry = { sizeBytes: 12 * MIB, logicalBlockBytes: 512 };
const BLOCKS = geometry.sizeBytes / 512;
const bytes = noise(8 * MIB).fill(0, 4 * MIB, 5 * MIB);

type Dice = (below: number) => number;
type Place = (block: number) => number | null;

/** Few of the image's places are wrong, so that a repair is tried and not given up at once. */
const FAKES: readonly (readonly [string, (dice: Dice) => Place])[] = [
  [
    "wraps around",
    (dice) => {
      const realBlocks = (7 * MIB) / 512 + dice((5 * MIB) / 512);
      return (block) => block % realBlocks;
    },
  ],
  [
    "loses its end",
    (dice) => {
      const realBlocks = (7.5 * MIB) / 512 + dice((4.5 * MIB) / 512);
      return (block) => (block < realBlocks ? block : null);
    },
  ],
  [
    "keeps two places in one",
    (dice) => {
      const [one, other] = [dice(BLOCKS), dice(BLOCKS)];
      return (block) => (block === one ? other : block);
    },
  ],
  [
    "wraps around and loses a part of that",
    (dice) => {
      const wrapBlocks = (7 * MIB) / 512 + dice((5 * MIB) / 512);
      const realBlocks = wrapBlocks - dice(MIB / 512);
      return (block) => (block % wrapBlocks < realBlocks ? block % wrapBlocks : null);
    },
  ],
];

test.each(FAKES)(
  `a stick that %s is good only when its content is there, for ${SEEDS} seeds`,
  async (_, make) => {
    const cache = await makeCache(onTestFinished);
    const image = await cache.add(bytes);
    const extents = imageExtents(image);
    const broken: string[] = [];
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = diceOf(seed);
      const place = make((below) => Math.floor(random() * below));
      const drive = openMemoryDrive(geometry, place);
      const { verified } = await runPasses({ drive, geometry, extents, cache, blobs: [image] });
      outcomes.add(verified.ok ? "good" : verified.problem.code);
      if (!verified.ok) continue;
      const held = Buffer.alloc(bytes.length - MIB);
      await drive.read(held, MIB);
      if (!held.equals(bytes.subarray(MIB))) broken.push(`seed ${seed}`);
    }
    expect(broken).toEqual([]);
    expect(outcomes).toContain("verify_mismatch");
  },
);

test(`a stick that wraps around where zeros shall be is good only when they are there after the seal, for ${SEEDS} seeds`, async () => {
  const cache = await makeCache(onTestFinished);
  const content = noise(8 * MIB).fill(0, 4 * MIB);
  const image = await cache.add(content);
  const extents = imageExtents(image);
  const broken: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = diceOf(seed);
    // The image's last zeros lie on the beginning, by a page at least.
    const overlapBlocks = 9 + Math.floor((random() * (MIB - 4096)) / 512);
    const realBlocks = (8 * MIB) / 512 - overlapBlocks;
    const drive = openMemoryDrive(geometry, (block) => block % realBlocks);
    const options = { drive, geometry, extents, cache, blobs: [image] };
    const { verified, seal } = await runPasses(options);
    if (!verified.ok) continue;
    await seal();
    const held = Buffer.alloc(content.length);
    await drive.read(held, 0);
    if (!held.equals(content)) broken.push(`seed ${seed}, ${overlapBlocks} blocks`);
  }
  expect(broken).toEqual([]);
});
