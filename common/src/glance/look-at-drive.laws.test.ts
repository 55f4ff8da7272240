import { expect, test } from "vitest";
import { KIB } from "../bytes.ts";
import { diceOf } from "../test-dice.ts";
import { PARTITIONS_MAX } from "./find-partitions.ts";
import { lookAtDrive } from "./look-at-drive.ts";
import { RECORDED_NAMES, readerOf, recordedBytes } from "./test-volumes.ts";

const ROUNDS = 60;
const READ_BYTES_MAX = 64 * KIB;
const READS_MAX = 16 * (PARTITIONS_MAX + 2);
const SHOWN = /^[^\p{Cc}\p{Cf}\p{Cs}]*$/u;

/** Real volumes with bytes changed at random, most of them where the numbers are. */
test("lookAtDrive() of any bytes ends, reads little and inside the drive, and shows no controls", async () => {
  const broken: string[] = [];
  for (const name of RECORDED_NAMES) {
    for (let seed = 0; seed < ROUNDS; seed += 1) {
      const dice = diceOf(seed);
      const { bytes, sizeBytes } = recordedBytes(name);
      const changes = 1 + Math.floor(dice() * 40);
      const zones = [512, 1024, 8 * KIB, bytes.length];
      for (let change = 0; change < changes; change += 1) {
        const zone = Math.min(bytes.length, zones[Math.floor(dice() * zones.length)] ?? 512);
        bytes[Math.floor(dice() * zone)] = dice() < 0.5 ? 0xff : Math.floor(dice() * 256);
      }
      bytes.set([0x55, 0xaa], 510);
      let reads = 0;
      const read = readerOf(bytes, sizeBytes);
      const seen = await lookAtDrive(
        (at, lengthBytes) => {
          reads += 1;
          const isInside = Number.isSafeInteger(at) && at >= 0 && lengthBytes >= 0;
          if (!isInside || lengthBytes > READ_BYTES_MAX)
            broken.push(`${name} seed ${seed}: reads ${lengthBytes} at ${at}`);
          return read(at, lengthBytes);
        },
        { sizeBytes, logicalBlockBytes: 512 },
      );
      if (reads > READS_MAX) broken.push(`${name} seed ${seed}: ${reads} reads`);
      if (seen.volumes.length > PARTITIONS_MAX) broken.push(`${name} seed ${seed}: many volumes`);
      if (!seen.volumes.every(({ label }) => SHOWN.test(label)))
        broken.push(`${name} seed ${seed}: label`);
    }
  }
  expect(broken).toEqual([]);
});
