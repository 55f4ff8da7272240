import { BootView } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import type { BootProof } from "../media/boot-proof.ts";
import { bootFromWire, bootToWire } from "./boot.ts";

const PROOF: BootProof = {
  firmware: "secureboot",
  verdict: "seen",
  pattern: "BOOTED",
  elapsedMs: 21_000,
  manifestSha256: "ab".repeat(32),
};

test.each<BootProof>([
  PROOF,
  { ...PROOF, verdict: "watched", pattern: null },
  { ...PROOF, verdict: "nothingBoots", pattern: null },
])("bootFromWire() gives back what bootToWire() sent: %j", (proof) => {
  const bytes = BootView.encode(bootToWire(proof)).finish();
  expect(bootFromWire(BootView.decode(bytes))).toEqual({ ok: true, value: proof });
});

test.each([
  ["no firmware", { firmware: "coreboot" }],
  ["no verdict", { verdict: "green tick" }],
  ["a pattern without end", { pattern: "x".repeat(501) }],
  ["seen, but nothing looked for", { pattern: "" }],
  ["watched, but something looked for", { verdict: "watched" }],
  ["a short digest", { manifestSha256: "ab" }],
])("bootFromWire() refuses a boot with %s", (_, change) => {
  expect(bootFromWire({ ...bootToWire(PROOF), ...change })).toMatchObject({
    problem: { code: "usage", detail: expect.stringMatching(/^Cannot keep the boot: .*must/) },
  });
});

test("bootFromWire() refuses no boot at all", () => {
  expect(bootFromWire(undefined)).toMatchObject({ problem: { code: "usage" } });
});
