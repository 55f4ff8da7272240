import { diceOf } from "@stickfarm/common/test-dice";
import { expect, test } from "vitest";
import { zeroChunk } from "../plan-chunks.ts";
import { pickPlaces, pickSegments } from "./sample-content.ts";

const MIB = 1024 * 1024;

test("pickPlaces() puts one place in each of 32 stretches of a large content, and few in a small one", () => {
  const places = pickPlaces(3200 * MIB, diceOf(1));
  expect(places.map((place) => Math.floor(place / (100 * MIB)))).toEqual([...Array(32).keys()]);
  expect(new Set(places.map((place) => place % (100 * MIB))).size).toBe(32);
  expect(pickPlaces(17 * MIB, diceOf(1))).toHaveLength(4);
  expect(pickPlaces(3 * MIB, diceOf(1))).toEqual([]);
  expect(pickPlaces(0, diceOf(1))).toEqual([]);
});

test("pickPlaces() stays within the content, whatever the dice", () => {
  for (const dice of [0, 1 - Number.EPSILON]) {
    const places = pickPlaces(400 * MIB, () => dice);
    expect(places.every((place) => place >= 0 && place < 400 * MIB)).toBe(true);
  }
});

test("pickSegments() finds the segments that hold the places, each once, across gaps of the drive", () => {
  const chunks = [zeroChunk(1 * MIB, 1000), zeroChunk(9 * MIB, 1000), zeroChunk(20 * MIB, 1000)];
  const picked = (...places: number[]) =>
    [...pickSegments(chunks, places)].map(({ offsetBytes }) => offsetBytes / MIB);
  expect(picked(0, 999, 1000)).toEqual([1, 9]);
  expect(picked(2999)).toEqual([20]);
  expect(picked()).toEqual([]);
});
