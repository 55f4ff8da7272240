/** Whole runs on a stick whose time is counted and not passed: what choosing costs, and that it never costs a byte. */
import type { Rewrite, WriteProof } from "@stickfarm/common/build/write-policy";
import { PIECE_BYTES } from "@stickfarm/common/layout/extent";
import { diceOf } from "@stickfarm/common/test-dice";
import { expect, onTestFinished, test } from "vitest";
import type { OpenDrive } from "../calls/open-drive.ts";
import {
  imageExtents,
  type MemoryDrive,
  MIB,
  makeCache,
  noise,
  openMemoryDrive,
  runPasses,
} from "../write-fixture.ts";
import type { WriterPhase } from "../writer-protocol.ts";

const IMAGE_BYTES = 160 * MIB;
const PIECES = IMAGE_BYTES / PIECE_BYTES;
const geometry = { sizeBytes: IMAGE_BYTES + 2 * MIB, logicalBlockBytes: 4096 };

type Speeds = { readonly write: number; readonly read: number };
/** Whether a piece of the old content differs from the new. */
type Changed = (index: number) => boolean;

async function setUp() {
  const cache = await makeCache(onTestFinished);
  const bytes = Buffer.alloc(IMAGE_BYTES);
  const tile = noise(PIECE_BYTES);
  for (let index = 0; index < PIECES; index += 1) {
    tile.copy(bytes, index * PIECE_BYTES);
    bytes.writeUInt32LE(index, index * PIECE_BYTES);
  }
  const image = await cache.add(bytes);
  const drive = openMemoryDrive(geometry);
  return async (
    changed: Changed,
    speeds: Speeds,
    policy: { rewrite: Rewrite; proof: WriteProof },
    rotAt?: number,
  ) => {
    bytes.copy(drive.bytes);
    for (let index = 0; index < PIECES; index += 1) {
      if (changed(index)) drive.bytes.writeUInt8(1, (index + 1) * PIECE_BYTES - 1);
    }
    const { timed, nowMs } = countTime(drive, speeds);
    const options = { drive: timed, geometry, extents: imageExtents(image), cache, blobs: [image] };
    const phases: WriterPhase[] = [];
    const onPhase = (phase: WriterPhase): void => {
      phases.push(phase);
      if (phase === "verify" && rotAt !== undefined)
        drive.bytes.writeUInt8((drive.bytes[rotAt] ?? 0) ^ 1, rotAt);
    };
    const { verified, proof, seal } = await runPasses({ ...options, policy, nowMs, onPhase });
    const spentMs = nowMs();
    const sealed = await seal();
    const isRight = sealed.ok && bytes.equals(drive.bytes.subarray(0, IMAGE_BYTES));
    const evidence = verified.ok ? verified.value : null;
    return { spentMs, isRight, proof, phases, evidence };
  };
}

/** One call at a time, as on a stick; speeds in MB/s. */
function countTime(drive: MemoryDrive, { write, read }: Speeds) {
  let atMs = 0;
  const timed: OpenDrive = {
    read: (buffer, at) => {
      atMs += buffer.length / (read * 1000);
      return drive.read(buffer, at);
    },
    write: (buffer, at) => {
      atMs += buffer.length / (write * 1000);
      return drive.write(buffer, at);
    },
    flush: () => drive.flush(),
  };
  return { timed, nowMs: () => atMs };
}

const all: Changed = () => true;
const none: Changed = () => false;
const scattered = (fraction: number): Changed => {
  const dice = diceOf(7);
  const isChanged = Array.from({ length: PIECES }, () => dice() < fraction);
  return (index) => isChanged[index] ?? false;
};
const first =
  (fraction: number): Changed =>
  (index) =>
    index < fraction * PIECES;
const last =
  (fraction: number): Changed =>
  (index) =>
    index >= fraction * PIECES;

test("auto puts the image on the stick whatever was there, in little more than the better way's time", async () => {
  const run = await setUp();
  const broken: string[] = [];
  for (const [name, changed, speeds, proof] of [
    ["nothing", none, { write: 20, read: 100 }, "compared"],
    ["a little", scattered(0.05), { write: 20, read: 100 }, "read-back"],
    ["half", scattered(0.5), { write: 20, read: 100 }, "compared"],
    ["most", scattered(0.9), { write: 20, read: 100 }, "compared"],
    ["all", all, { write: 20, read: 100 }, "read-back"],
    ["all but the beginning", last(0.2), { write: 8, read: 30 }, "compared"],
    ["the first half", first(0.5), { write: 20, read: 100 }, "compared"],
    ["the second half", last(0.5), { write: 20, read: 100 }, "read-back"],
    [
      "half, but it writes as fast as it reads",
      scattered(0.5),
      { write: 95, read: 100 },
      "read-back",
    ],
  ] as const) {
    const full = await run(changed, speeds, { rewrite: "full", proof });
    const refresh = await run(changed, speeds, { rewrite: "refresh", proof });
    const auto = await run(changed, speeds, { rewrite: "auto", proof });
    const ratio = auto.spentMs / Math.min(full.spentMs, refresh.spentMs);
    if (!full.isRight || !refresh.isRight || !auto.isRight || ratio > 1.15)
      broken.push(`${name}: ${JSON.stringify({ ratio, full, refresh, auto })}`);
  }
  expect(broken).toEqual([]);
});

test("auto that turns to writing midway proves by read-back what it wrote without a look", async () => {
  const run = await setUp();
  const asked = { rewrite: "auto", proof: "compared" } as const;
  const speeds = { write: 20, read: 100 };
  const turned = await run(last(0.25), speeds, asked);
  expect(turned).toMatchObject({ isRight: true, proof: "compared" });
  expect(turned.phases).toEqual(["erase", "compare", "write", "verify"]);
  expect(turned.evidence?.comparedBytes).toBeGreaterThan(16 * MIB);
  const rotten = await run(last(0.25), speeds, asked, 150 * MIB);
  expect(rotten.evidence).toBeNull();
});
