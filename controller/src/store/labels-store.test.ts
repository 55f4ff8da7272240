import { expect, onTestFinished, test } from "vitest";
import { openFarm } from "./store-fixture.ts";

const LEFT = { agent: "ws-1", bay: "usb-2-1.3", label: "left hub 3" };

test("set() keeps the newest label of a bay, also across a restart, until it is empty", async () => {
  const farm = await openFarm(onTestFinished);
  await farm.store.labels.set({ ...LEFT, label: "old" });
  expect(await farm.store.labels.set(LEFT)).toMatchObject({ ok: true });
  await farm.reopen();
  expect(await farm.store.labels.list()).toEqual([LEFT]);
  expect(await farm.store.labels.set({ ...LEFT, label: "" })).toMatchObject({ ok: true });
  expect(await farm.store.labels.list()).toEqual([]);
});

test("set() gives no two bays of an agent one label", async () => {
  const { store } = await openFarm(onTestFinished);
  await store.labels.set(LEFT);
  expect(await store.labels.set({ ...LEFT, bay: "usb-2-1.4" })).toMatchObject({
    problem: { code: "label_taken", detail: expect.stringContaining("usb-2-1.3") },
  });
  expect(await store.labels.set(LEFT)).toMatchObject({ ok: true });
});
