import { REWRITES, WRITE_PROOFS, type WriteProof } from "@stickfarm/common/build/write-policy";
import { PIECE_BYTES } from "@stickfarm/common/layout/extent";
import { diceOf } from "@stickfarm/common/test-dice";
import { expect, onTestFinished, test } from "vitest";
import { makeExtents, makeOld, render } from "./plan-fixture.ts";
import { MIB, makeCache, noise, openMemoryDrive, runPasses } from "./write-fixture.ts";
import type { WriteEvidence, WriterPhase } from "./writer-protocol.ts";

const SEEDS = 25;
const POLICIES = REWRITES.flatMap((rewrite) => WRITE_PROOFS.map((proof) => ({ rewrite, proof })));

function startDice(seed: number): (below: number) => number {
  const dice = diceOf(seed);
  return (below) => Math.floor(dice() * below);
}

test(`a sealed drive holds its extents, nothing else has changed, and each byte was counted once, for ${SEEDS} seeds`, async () => {
  const cache = await makeCache(onTestFinished);
  const bytes = noise(900_001, 3).fill(0, PIECE_BYTES, 2 * PIECE_BYTES);
  const blob = await cache.add(bytes);
  const broken: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const dice = startDice(seed);
    const logicalBlockBytes = dice(2) === 0 ? 512 : 4096;
    const geometry = { sizeBytes: 5 * MIB + 4096 * dice(500), logicalBlockBytes };
    const extents = makeExtents(dice, geometry, blob);
    const blank = openMemoryDrive(geometry).bytes;
    const old = makeOld(dice, render(extents, bytes, logicalBlockBytes, blank));
    const must = render(extents, bytes, logicalBlockBytes, old);
    for (const policy of POLICIES) {
      const drive = openMemoryDrive(geometry);
      old.copy(drive.bytes);
      const phases = notePhases();
      const run = { drive, geometry, extents, cache, blobs: [blob], policy, ...phases };
      const { verified, proof, seal } = await runPasses(run);
      const sealed = await seal();
      const complain = (what: unknown): void => {
        broken.push(`seed ${seed}, ${policy.rewrite}, ${policy.proof}: ${JSON.stringify(what)}`);
      };
      if (!verified.ok || verified.value === null || !sealed.ok) {
        complain({ verified, sealed });
        continue;
      }
      if (!drive.bytes.equals(must)) complain({ byte: firstOther(drive.bytes, must) });
      if (!isCounted(verified.value, phases.seen)) complain({ ...verified.value, ...phases });
      if (!isPossible(policy, proof, verified.value)) complain({ proof, ...verified.value });
    }
  }
  expect(broken).toEqual([]);
});

type Phase = { readonly phase: WriterPhase; readonly totalBytes: number; doneBytes: number };

function notePhases() {
  const seen: Phase[] = [];
  return {
    seen,
    onPhase: (phase: WriterPhase, totalBytes: number): void => {
      seen.push({ phase, totalBytes, doneBytes: 0 });
    },
    onProgress: (bytes: number): void => {
      const last = seen.at(-1);
      if (last !== undefined) last.doneBytes += bytes;
    },
  };
}

/** The first phase that sees the content has all of it to do; a phase is only left undone for writing instead. */
function isCounted(evidence: WriteEvidence, [, ...phases]: readonly Phase[]): boolean {
  const { writtenBytes, alreadyZeroBytes, comparedBytes, verifiedBytes } = evidence;
  const isDone = ({ totalBytes, doneBytes }: Phase, index: number): boolean =>
    doneBytes === totalBytes || (doneBytes < totalBytes && phases[index + 1]?.phase === "write");
  return (
    writtenBytes + alreadyZeroBytes + comparedBytes === verifiedBytes &&
    phases[0]?.totalBytes === verifiedBytes &&
    phases.every(isDone)
  );
}

function isPossible(
  { rewrite, proof: asked }: (typeof POLICIES)[number],
  proof: WriteProof | null,
  { comparedBytes }: WriteEvidence,
): boolean {
  if (rewrite === "full") return comparedBytes === 0 && proof === "read-back";
  return asked === "read-back" || comparedBytes > 0 ? proof === asked : true;
}

function firstOther(left: Buffer, right: Buffer): number {
  return left.findIndex((byte, index) => byte !== right[index]);
}
