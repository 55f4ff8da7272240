import { expect, test } from "vitest";
import { sampleOf } from "./bench-fixture.ts";
import { whatBinds } from "./what-binds.ts";

test.each([
  [{ busyShare: 0.97 }, null, "the processors: processors 97 % busy"],
  [
    { busyShare: 0.3, diskWaitShare: 0.45 },
    null,
    "the disk, waited for 45 % of the time: processors 30 % busy",
  ],
  [{ busyShare: 0.1 }, 7.5, "beyond the drives' 7.50 s: processors 10 % busy"],
  [{ busyShare: 0.5 }, null, "neither processors nor disk: processors 50 % busy"],
])("whatBinds() says of %o within %s s what was waited for", (sample, limitSeconds, words) => {
  const samples = [sampleOf(1, sample), sampleOf(2, sample), sampleOf(3, { busyShare: 0.5 })];
  expect(whatBinds(samples, { limitSeconds })).toBe(words);
});
