import { MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { planChanged, planMapped, sumLengths } from "./plan-image.ts";

const SIZES = [32, 64, 256, 384, 1024].map((count) => count * MIB);

test.each(SIZES)("planMapped() maps about 60 %% of %i bytes, in order and within them", (size) => {
  const mapped = planMapped(size);
  expect(Math.abs(sumLengths(mapped) / size - 0.6)).toBeLessThan(0.05);
  const ends = mapped.map(({ offsetBytes, lengthBytes }) => offsetBytes + lengthBytes);
  expect(ends.at(-1)).toBeLessThanOrEqual(size);
  const broken = mapped.filter(({ offsetBytes }, index) => offsetBytes <= (ends[index - 1] ?? -1));
  expect(broken).toEqual([]);
});

test.each(SIZES)(
  "planChanged() changes a part of what is mapped in %i bytes, or all of it",
  (size) => {
    const mapped = planMapped(size);
    expect(sumLengths(planChanged(mapped, 1))).toBe(sumLengths(mapped));
    const changed = planChanged(mapped, 20);
    expect(sumLengths(changed) / sumLengths(mapped)).toBeCloseTo(0.05, 1);
    const isMapped = ({ offsetBytes, lengthBytes }: (typeof mapped)[number]): boolean =>
      mapped.some(
        (range) =>
          range.offsetBytes <= offsetBytes &&
          offsetBytes + lengthBytes <= range.offsetBytes + range.lengthBytes,
      );
    expect(changed.filter((range) => !isMapped(range))).toEqual([]);
  },
);
