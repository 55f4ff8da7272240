import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import type { ProgressEvent } from "@stickfarm/common/wire/progress";
import { expect, test } from "vitest";
import { progressMeter } from "./progress-meter.ts";

const ORDER: AttemptOrder = {
  buildId: "b",
  jobId: "j",
  attempt: 1,
  fence: 1,
  stickId: "0".repeat(32),
  consent: { driveId: "d", bay: "1", serial: "A1", sizeBytes: 1, insertion: "1", overrides: [] },
  manifest: { sha256: "", sizeBytes: 0 },
  manifestSignature: new Uint8Array(),
  passport: new Uint8Array(),
  passportSignature: new Uint8Array(),
  orderedAtMs: 0,
  points: [],
  localSha256: [],
  policy: PLAIN_POLICY,
  cancel: false,
};

test("progressMeter() shows once a second, at once for a new phase and for its end", () => {
  const { meter, shown, clock } = start();
  for (let ms = 0; ms <= 2500; ms += 100) {
    clock.ms = ms;
    meter.show(ORDER, { phase: "write", doneBytes: ms, totalBytes: 2500 });
  }
  clock.ms = 2550;
  meter.show(ORDER, { phase: "verify", doneBytes: 0, totalBytes: 10 });
  expect(shown.map(({ phase, doneBytes }) => [phase, doneBytes])).toEqual([
    ["write", 0],
    ["write", 1000],
    ["write", 2000],
    ["write", 2500],
    ["verify", 0],
  ]);
});

test("progressMeter() measures the rate over the last five seconds, not since the beginning", () => {
  const { meter, shown, clock } = start();
  for (let second = 0; second <= 20; second++) {
    clock.ms = second * 1000;
    const doneBytes = second <= 10 ? second * 1000 : 10_000 + (second - 10) * 10;
    meter.show(ORDER, { phase: "write", doneBytes, totalBytes: 0 });
  }
  expect(shown.at(9)?.ratePerSecondBytes).toBe(1000);
  expect(shown.at(-1)?.ratePerSecondBytes).toBe(10);
});

test("progressMeter() shows the silence of a drive, and none otherwise", () => {
  const { meter, shown, clock } = start();
  meter.show(ORDER, { phase: "write", doneBytes: 5, totalBytes: 10 });
  clock.ms = 31_000;
  meter.show(ORDER, { phase: "write", doneBytes: 5, totalBytes: 10, silentMs: 31_000.4 });
  expect(shown.map(({ silentMs }) => silentMs)).toEqual([0, 31_000]);
});

test("progressMeter() counts on within an attempt and begins again with the next", () => {
  const { meter, shown, clock } = start();
  meter.show(ORDER, { phase: "write", doneBytes: 0, totalBytes: 0 });
  clock.ms = 1000;
  meter.show(ORDER, { phase: "verify", doneBytes: 0, totalBytes: 0 });
  meter.show({ ...ORDER, attempt: 2 }, { phase: "fetch", doneBytes: 0, totalBytes: 0 });
  expect(shown.map(({ attempt, seq }) => [attempt, seq])).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
  ]);
});

function start() {
  const clock = { ms: 0 };
  const shown: ProgressEvent[] = [];
  const meter = progressMeter(
    "ws-1",
    () => clock.ms,
    (event) => shown.push(event),
  );
  return { meter, shown, clock };
}
