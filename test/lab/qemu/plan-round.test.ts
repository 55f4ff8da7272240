import { diceOf } from "@stickfarm/common/test-dice";
import { expect, test } from "vitest";
import { planRound, type Round } from "./plan-round.ts";

const PLACES = { sticks: 4, ports: 7 };

function roundsOf(seed: number, count: number): Round[] {
  const dice = diceOf(seed);
  return Array.from({ length: count }, () => planRound(dice, PLACES));
}

test("planRound() gives the same rounds for the same seed, and others for another", () => {
  expect(roundsOf(7, 20)).toEqual(roundsOf(7, 20));
  expect(roundsOf(7, 20)).not.toEqual(roundsOf(8, 20));
});

test("planRound() always puts a stick back into another port, and comes to every port, stick and phase", () => {
  const rounds = roundsOf(1, 2000);
  const broken = rounds.filter(
    ({ stick, from, to, pull }) =>
      from === to ||
      [from, to].some((port) => !Number.isInteger(port) || port < 1 || port > PLACES.ports) ||
      !Number.isInteger(stick) ||
      stick < 0 ||
      stick >= PLACES.sticks ||
      pull.afterMs < 0 ||
      pull.afterMs >= (pull.phase === null ? 12_000 : 1500),
  );
  expect(broken).toEqual([]);
  const seen = (value: (round: Round) => unknown): number => new Set(rounds.map(value)).size;
  expect(seen(({ from }) => from)).toBe(PLACES.ports);
  expect(seen(({ to }) => to)).toBe(PLACES.ports);
  expect(seen(({ stick }) => stick)).toBe(PLACES.sticks);
  expect(seen(({ pull }) => pull.phase)).toBe(7);
});

test("planRound() makes the phase last in which a stick is pulled", () => {
  for (const { pull } of roundsOf(2, 200)) {
    const isSlow = [pull.speed, pull.slow].some(
      ({ writeBytes, readBytes }) => writeBytes + readBytes > 0,
    );
    expect(isSlow).toBe(pull.phase !== null);
    expect(pull.slow.writeBytes > 0).toBe(pull.phase === "seal");
  }
});
