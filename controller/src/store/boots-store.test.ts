import { expect, onTestFinished, test } from "vitest";
import { BOOTS_KEPT_MAX, type BootRecord } from "./boots-store.ts";
import { DIGEST, openFarm } from "./store-fixture.ts";

const MEDIA = { name: "media", revision: 1 };
const RECORD: BootRecord = {
  proof: {
    firmware: "bios",
    verdict: "seen",
    pattern: "BOOTED",
    elapsedMs: 21_000,
    manifestSha256: DIGEST,
  },
  console: "GRUB\nBOOTED\n",
  screenshot: Buffer.from("png"),
};

test("add() keeps what find() and list() give back", async () => {
  const { store } = await openFarm(onTestFinished);
  expect(await store.boots.list(MEDIA)).toEqual([]);
  expect(await store.boots.find(MEDIA, 0)).toBeNull();
  const first = await store.boots.add(MEDIA, RECORD, 5);
  const second = await store.boots.add(MEDIA, { ...RECORD, screenshot: null }, 6);
  expect(first).toEqual({ number: 1, proof: RECORD.proof, hasScreenshot: true, recordedAtMs: 5 });
  expect(await store.boots.list(MEDIA)).toEqual([second, first]);
  expect(await store.boots.find(MEDIA, 1)).toEqual({ entry: first, record: RECORD });
  expect(await store.boots.find(MEDIA, 0)).toMatchObject({
    entry: { number: 2 },
    record: { screenshot: null },
  });
  expect(await store.boots.find({ ...MEDIA, revision: 2 }, 0)).toBeNull();
});

test("add() forgets the oldest, and gives no number twice", async () => {
  const { store } = await openFarm(onTestFinished);
  for (let boot = 0; boot < BOOTS_KEPT_MAX + 2; boot += 1) await store.boots.add(MEDIA, RECORD, 1);
  const numbers = (await store.boots.list(MEDIA)).map(({ number }) => number);
  expect(numbers).toHaveLength(BOOTS_KEPT_MAX);
  expect([numbers[0], numbers.at(-1)]).toEqual([BOOTS_KEPT_MAX + 2, 3]);
});
