import type { AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import { MIB } from "@stickfarm/common/bytes";

/** How fast a stick is; 0: as fast as the machine. */
export type Speed = { readonly writeBytes: number; readonly readBytes: number };

export const FAST: Speed = { writeBytes: 0, readBytes: 0 };

/** When a stick is pulled: some time after a phase was seen, or after the order. */
export type Pull = {
  readonly phase: AttemptPhase | null;
  readonly afterMs: number;
  /** From the start, so that the phase lasts for seconds. */
  readonly speed: Speed;
  /** From when this phase is seen. */
  readonly slowFrom: AttemptPhase | null;
  readonly slow: Speed;
};

export type Round = {
  /** Which stick of the pool, from 0. */
  readonly stick: number;
  /** USB ports, from 1: where it is pulled, and where it comes back. */
  readonly from: number;
  readonly to: number;
  readonly pull: Pull;
};

const KIB = 1024;

/** What makes each phase last; the seal writes a MiB, which only a stick as slow as its slow end makes last. */
const PACES: readonly (Omit<Pull, "afterMs" | "speed" | "slowFrom" | "slow"> & Partial<Pull>)[] = [
  { phase: "erase", speed: { writeBytes: 400 * KIB, readBytes: 0 } },
  { phase: "probe", speed: { writeBytes: 8 * MIB, readBytes: 8 * MIB } },
  { phase: "compare", speed: { writeBytes: 0, readBytes: 4 * MIB } },
  { phase: "write", speed: { writeBytes: 4 * MIB, readBytes: 0 } },
  { phase: "verify", speed: { writeBytes: 0, readBytes: 4 * MIB } },
  {
    phase: "seal",
    speed: { writeBytes: 0, readBytes: 4 * MIB },
    slowFrom: "verify",
    slow: { writeBytes: 64 * KIB, readBytes: 0 },
  },
  { phase: null },
];

const AFTER_PHASE_MS = 1500;
const AFTER_ORDER_MS = 12_000;

/**
 * What is done in the next round, by the dice alone: a seed gives the same rounds on any machine.
 *
 * Shape: `from` and `to` are two of the ports 1 to `ports`; each way of pulling is as likely as any other.
 */
export function planRound(
  dice: () => number,
  { sticks, ports }: { readonly sticks: number; readonly ports: number },
): Round {
  const roll = (count: number): number => Math.floor(dice() * count);
  const from = roll(ports) + 1;
  const to = ((from - 1 + 1 + roll(ports - 1)) % ports) + 1;
  const stick = roll(sticks);
  const pace = PACES[roll(PACES.length)] ?? { phase: null };
  const afterMs = roll(pace.phase === null ? AFTER_ORDER_MS : AFTER_PHASE_MS);
  return { stick, from, to, pull: { speed: FAST, slowFrom: null, slow: FAST, ...pace, afterMs } };
}
