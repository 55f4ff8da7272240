import { MIB } from "@stickfarm/common/bytes";
import { diceOf } from "@stickfarm/common/test-dice";
import { expect, test } from "vitest";
import { openMemoryDrive } from "../write-fixture.ts";
import { type FakeDrive, openFakeDrive } from "./fake-drive-fixture.ts";
import { probeDrive } from "./probe-fixture.ts";

const SEEDS = 25;
const STEP_BYTES_MAX = 2 * MIB;

type Dice = (below: number) => number;

function diceBelow(seed: number): Dice {
  const random = diceOf(seed);
  return (below) => Math.floor(random() * below);
}

/** Of odd sizes between 2 and 130 MiB, in sectors of 512 bytes. */
function claimOf(dice: Dice): number {
  return 2 * MIB + 512 * dice((128 * MIB) / 512);
}

const FAKES: readonly (readonly [string, (dice: Dice) => FakeDrive])[] = [
  [
    "loses what lies beyond some place",
    (dice) => {
      const claimedBytes = claimOf(dice);
      return { claimedBytes, realBytes: 512 * dice(claimedBytes / 512) };
    },
  ],
  [
    "takes addresses modulo some number",
    (dice) => {
      const claimedBytes = claimOf(dice);
      const wrapBytes = 65_536 + 512 * dice((claimedBytes - 65_536) / 512);
      return { claimedBytes, realBytes: wrapBytes, wrapBytes };
    },
  ],
  [
    "takes addresses modulo some number and loses a part of that",
    (dice) => {
      const claimedBytes = claimOf(dice);
      const wrapBytes = 65_536 + 512 * dice((claimedBytes - 65_536) / 512);
      return { claimedBytes, realBytes: 512 * dice(wrapBytes / 512), wrapBytes };
    },
  ],
  [
    "hides what it loses behind a cache",
    (dice) => {
      const claimedBytes = 16 * MIB + claimOf(dice);
      const cacheBytes = 512 * (1 + dice(MIB / 512));
      const lostBytes = 2 * STEP_BYTES_MAX + 4 * MIB;
      const realBytes = 512 * dice((claimedBytes - lostBytes) / 512);
      return { claimedBytes, realBytes, cacheBytes, strict: dice(2) === 0 };
    },
  ],
];

test.each(FAKES)(
  `checkCapacity() finds every stick that %s, for ${SEEDS} seeds`,
  async (_, make) => {
    const broken: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const fake = make(diceBelow(seed));
      const geometry = { sizeBytes: fake.claimedBytes, logicalBlockBytes: 512 };
      const probed = await probeDrive(openFakeDrive(fake), geometry, { check: "probe", seed });
      // Such a drive may be met by the erase already.
      if (!probed.ok && /^(drive_fake|verify_mismatch)$/.test(probed.problem.code)) continue;
      broken.push(`seed ${seed}: ${JSON.stringify(fake)}: ${JSON.stringify(probed)}`);
    }
    expect(broken).toEqual([]);
  },
);

test(`checkCapacity() refuses no good drive of any size, for ${SEEDS} seeds`, async () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const dice = diceBelow(seed);
    const logicalBlockBytes = dice(2) === 0 ? 512 : 4096;
    const sizeBytes = logicalBlockBytes * Math.ceil((MIB + dice(24 * MIB)) / logicalBlockBytes);
    const geometry = { sizeBytes, logicalBlockBytes };
    const check = dice(2) === 0 ? "probe" : "surface";
    const probed = await probeDrive(openMemoryDrive(geometry), geometry, { check, seed });
    if (!probed.ok) broken.push(`seed ${seed}: ${sizeBytes}: ${probed.problem.detail}`);
  }
  expect(broken).toEqual([]);
});
