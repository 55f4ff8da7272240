import { join } from "node:path";
import { type ClaimedDrive, claimDrive } from "@stickfarm/agent/drive/claim-drive";
import { listDrives } from "@stickfarm/agent/drive/list-drives";
import type { VirtualDriveSource } from "@stickfarm/agent/drive/parse-virtual-drive";
import { thisHost } from "@stickfarm/agent/drive/read-machine";
import { startWriter } from "@stickfarm/agent/write/start-writer";
import type { WriterEvent } from "@stickfarm/agent/write/writer-protocol";
import { PLAIN_POLICY, type WritePolicy } from "@stickfarm/common/build/write-policy";
import type { ByteRange } from "@stickfarm/common/media/manifest";
import type { BenchImage } from "./make-bench-image.ts";
import type { StickTime } from "./results.ts";
import type { Scratch } from "./scratch.ts";

export type EngineRun = {
  readonly image: Pick<BenchImage, "blob" | "cacheDirectory">;
  /** `null`: no block map, zeros are content and are read. */
  readonly mapped: readonly ByteRange[] | null;
  readonly scratch: Scratch;
  readonly policy?: WritePolicy;
  /** What each stick waits for before it is claimed: its content. */
  readonly prepare?: () => Promise<void>;
};

/** As the agent does it: look, claim, one writer for each drive, begin and seal at its parent's word. */
export async function runEngine(
  sources: readonly VirtualDriveSource[],
  run: EngineRun,
): Promise<StickTime[]> {
  const startedAtMs = performance.now();
  const host = thisHost(join(run.scratch.diskFolder, "data"));
  const drives = await listDrives(sources, host);
  return Promise.all(
    sources.map(async (source, index) => {
      const drive = drives[index];
      if (drive === undefined) throw new Error("There is one drive for each source");
      await run.prepare?.();
      const claimed = await claimDrive(source, { ...drive, overrides: [] }, host);
      if (!claimed.ok) throw new Error(claimed.problem.detail);
      const { last, readyAtMs } = await write(claimed.value, run);
      await claimed.value.close();
      if (last?.kind !== "sealed") throw new Error(`${source.path}: ${JSON.stringify(last)}`);
      const { writeMs, verifyMs, writtenBytes, comparedBytes } = last.evidence;
      return {
        doneSeconds: (performance.now() - startedAtMs) / 1000,
        readySeconds: (readyAtMs - startedAtMs) / 1000,
        writeSeconds: writeMs / 1000,
        verifySeconds: verifyMs / 1000,
        writtenBytes,
        comparedBytes,
      };
    }),
  );
}

async function write(
  { fd, geometry }: Pick<ClaimedDrive, "fd" | "geometry">,
  { image, mapped, policy = PLAIN_POLICY }: EngineRun,
): Promise<{ readonly last: WriterEvent | undefined; readonly readyAtMs: number }> {
  const events: WriterEvent[] = [];
  let readyAtMs = Number.NaN;
  const { blob } = image;
  const writer = startWriter({
    driveFd: fd,
    order: {
      body: { kind: "image", stored: blob, compression: "none", expanded: blob, mapped },
      geometry,
      // What earlier runs and the peers have left on drives of its own.
      consent: { bay: "1", serial: "", overrides: ["drive_foreign_content"] },
      lookMs: 180_000,
      identity: {
        diskSignature: 1,
        volumeId: 1,
        diskGuid: "",
        partitionGuid: "",
        biosPartitionGuid: "",
      },
      stamps: [],
      policy,
      cacheDirectory: image.cacheDirectory,
      progressMs: 250,
    },
    onEvent: (event) => {
      events.push(event);
      if (event.kind === "ready") {
        readyAtMs = performance.now();
        writer.begin();
      }
      if (event.kind === "verified") writer.seal();
    },
  });
  await writer.exited;
  return { last: events.at(-1), readyAtMs };
}
