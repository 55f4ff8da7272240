import { expect, test } from "vitest";
import { carriedBy } from "./carried-by.ts";
import { disk } from "./test-disks.ts";

const on = (id: string, ...below: string[]) => ({ ...disk(id, {}), below });

test("carriedBy() follows partitions and what is made of them, whatever the order in the list", () => {
  const devices = [
    on("253:0", "9:0"),
    on("9:0", "8:1", "8:17"),
    on("8:17", "8:16"),
    on("8:1", "8:0"),
    on("8:0"),
  ];
  expect([...carriedBy("8:0", devices)].sort()).toEqual(["253:0", "8:0", "8:1", "9:0"]);
  expect([...carriedBy("253:0", devices)]).toEqual(["253:0"]);
});

test("carriedBy() ends where devices lie on each other in a circle", () => {
  expect([...carriedBy("1:1", [on("1:1", "1:2"), on("1:2", "1:1")])]).toEqual(["1:1", "1:2"]);
});
