import { MIB } from "@stickfarm/common/bytes";
import type { Bench, Group } from "./group.ts";
import { judgeMemory, type MemoryRow } from "./judge-memory.ts";
import { makeBenchImage } from "./make-bench-image.ts";
import { AGENT, type Farm, openFarm } from "./open-farm.ts";
import { whyNotPlace } from "./open-targets.ts";
import type { GroupResult } from "./results.ts";
import { watchMemory } from "./watch-memory.ts";

const DRIVES = [1, 8];
const RECORD_ROOM_BYTES = 16 * MIB;

/** A real agent, and what it holds with its writers from the fetching of an image to the last seal. */
export const memoryGroup: Group = { name: "memory", run: runMemory };

async function runMemory(bench: Bench): Promise<GroupResult> {
  const { scratch, quick, say } = bench;
  const dataBytes = (quick ? 64 : 1024) * MIB;
  const sizes = [dataBytes, 4 * dataBytes];
  const driveCount = Math.max(...DRIVES);
  // On each drive, at the library, in the cache, and as it was made.
  const why = await whyNotPlace("file", scratch, (driveCount + 6) * dataBytes);
  if (why !== null) return { runs: [], verdicts: [], skipped: [`agent: ${why}`], remarks: [] };
  // With room for the record behind the image: a drive that does not say whose it is takes more than a yes.
  const sizeBytes = Math.max(...sizes) + RECORD_ROOM_BYTES;
  await using farm = await openFarm(scratch, { count: driveCount, sizeBytes });
  const rows: MemoryRow[] = [];
  for (const sizeBytes of sizes) {
    const { path } = await makeBenchImage(scratch.diskFolder, {
      sizeBytes,
      dataBytes,
      changedEvery: null,
    });
    const name = `image-${sizeBytes}`;
    await addImage(farm, path, name);
    for (const drives of DRIVES) {
      const peak = await watchMemory(farm.agentPid, () => build(farm, name, drives));
      const row = { ...peak, drives, imageBytes: sizeBytes };
      rows.push(row);
      for (const { bar, value } of judgeMemory(row)) say(`${bar}: ${value.toFixed(0)}`);
    }
  }
  const remarks = [
    "One build each, by an agent with files as drives; the larger image is the smaller one with a hole behind it",
  ];
  return { runs: [], verdicts: rows.flatMap(judgeMemory), skipped: [], remarks };
}

async function addImage(farm: Farm, path: string, name: string): Promise<void> {
  await farm.run("content", "add", path, "--name", name);
  await farm.writeFile("media.yaml", renderDefinition(name));
  await farm.run("media", "apply", "-f", "media.yaml");
}

function renderDefinition(name: string): string {
  return `apiVersion: stickfarm/v1
kind: DiskImage
metadata: { name: ${name} }
spec: { image: { content: ${name} } }
`;
}

function build(farm: Farm, media: string, drives: number): Promise<void> {
  const bays = Array.from({ length: drives }, (_, index) => ["--on", `${AGENT}/${index + 1}`]);
  return farm.run("build", "start", media, ...bays.flat(), "--yes", "--watch");
}
