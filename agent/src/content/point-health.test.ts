import { expect, test } from "vitest";
import { AVOID_MS, openPointHealth } from "./point-health.ts";

const POINTS = [{ name: "a" }, { name: "b" }, { name: "c" }];

function openTestHealth() {
  const clock = { nowMs: 5 };
  const health = openPointHealth(() => clock.nowMs);
  const names = () => health.order(POINTS).map(({ name }) => name);
  return { clock, health, names };
}

test("order() keeps the order of the definition", () => {
  expect(openTestHealth().names()).toEqual(["a", "b", "c"]);
});

test("order() puts a dead point behind the others, and comes back to it", () => {
  const { clock, health, names } = openTestHealth();
  health.avoid("a");
  expect(names()).toEqual(["b", "c", "a"]);
  clock.nowMs += AVOID_MS;
  expect(names()).toEqual(["a", "b", "c"]);
});

test("order() puts a point that gave wrong bytes last for good", () => {
  const { clock, health, names } = openTestHealth();
  health.distrust("a");
  health.avoid("b");
  expect(names()).toEqual(["c", "b", "a"]);
  clock.nowMs += 100 * AVOID_MS;
  expect(names()).toEqual(["b", "c", "a"]);
});
