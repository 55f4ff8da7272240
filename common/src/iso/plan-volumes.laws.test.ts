import { expect, test } from "vitest";
import { diceOf } from "../test-dice.ts";
import { type DiscFile, planVolumes, type VolumePlan } from "./plan-volumes.ts";

const SEEDS = 400;
const WHERE = ["first", "every", "anywhere", "anywhere", "anywhere", "anywhere"] as const;

test("planVolumes() puts each file on one disc, none beyond its room, the same way each time", () => {
  const broken: string[] = [];
  let sets = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const plan = makePlan(seed);
    const planned = planVolumes(plan);
    if (!planned.ok) {
      if (planned.problem.code !== "volume_too_small") broken.push(`${seed}: a strange problem`);
      continue;
    }
    const volumes = planned.value;
    if (volumes.length > 1) sets += 1;
    const again = planVolumes({ ...plan, files: [...plan.files] });
    if (JSON.stringify(again) !== JSON.stringify(planned)) broken.push(`${seed}: two answers`);
    for (const [index, { files, chargedBytes }] of volumes.entries()) {
      const dataBytes = files.reduce((sum, { blob }) => sum + blob.sizeBytes, 0);
      if (chargedBytes > (plan.volumeBytes ?? Infinity)) broken.push(`${seed}: ${index} too large`);
      if (dataBytes + plan.stampBytes > chargedBytes) broken.push(`${seed}: ${index} charged less`);
    }
    for (const { path, where } of plan.files) {
      const on = volumes.flatMap(({ files }, index) =>
        files.some((file) => file.path === path) ? [index] : [],
      );
      const isRight =
        where === "every"
          ? on.length === volumes.length
          : on.length === 1 && (where === "anywhere" || on[0] === 0);
      if (!isRight) broken.push(`${seed}: "${path}" (${where}) on ${on}`);
    }
    const listed = volumes.flatMap(({ files }) => files);
    if (listed.some((file) => "where" in file)) broken.push(`${seed}: a file keeps its place`);
  }
  expect(broken).toEqual([]);
  expect(sets).toBeGreaterThan(SEEDS / 4);
});

function makePlan(seed: number): VolumePlan {
  const random = diceOf(seed);
  const pick = (max: number): number => Math.floor(random() * max);
  const files = Array.from({ length: pick(60) }, (_, index): DiscFile => {
    const folder = "folder/".repeat(pick(4));
    const where = WHERE[pick(WHERE.length)] ?? "anywhere";
    const sizeBytes = pick(where === "anywhere" ? 4_000_000 : 100_000);
    const blob = { sha256: `${index}`, sizeBytes };
    return { path: `${folder}file ${index}`, where, blob, modifiedAtMs: 0 };
  });
  return {
    files,
    emptyDirectories: pick(2) === 0 ? [] : ["empty/one"],
    volumeBytes: pick(10) === 0 ? null : 4_000_000 + pick(8_000_000),
    bootBytes: pick(500_000),
    stampBytes: pick(20_000),
  };
}
