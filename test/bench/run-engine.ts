import { join } from "node:path";
import { claimDrive } from "@stickfarm/agent/drive/claim-drive";
import { listDrives } from "@stickfarm/agent/drive/list-drives";
import type { VirtualDriveSource } from "@stickfarm/agent/drive/parse-virtual-drive";
import { thisHost } from "@stickfarm/agent/drive/read-machine";
import { startWriter } from "@stickfarm/agent/write/start-writer";
import type { WriterEvent } from "@stickfarm/agent/write/writer-protocol";
import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import type { ByteRange } from "@stickfarm/common/media/manifest";
import type { BenchImage } from "./make-bench-image.ts";
import type { Scratch } from "./scratch.ts";

export type EngineRun = {
  readonly image: BenchImage;
  /** `null`: no block map, zeros are content and are read. */
  readonly mapped: readonly ByteRange[] | null;
  readonly scratch: Scratch;
};

/** As the agent does it: look, claim, one writer for each drive, begin and seal at its parent's word. */
export async function runEngine(
  sources: readonly VirtualDriveSource[],
  run: EngineRun,
): Promise<void> {
  const host = thisHost(join(run.scratch.diskFolder, "data"));
  const drives = await listDrives(sources, host);
  await Promise.all(
    sources.map(async (source, index) => {
      const drive = drives[index];
      if (drive === undefined) throw new Error("There is one drive for each source");
      const claimed = await claimDrive(source, drive, host);
      if (!claimed.ok) throw new Error(claimed.problem.detail);
      const last = await write(claimed.value, run);
      await claimed.value.close();
      if (last?.kind !== "sealed") throw new Error(`${source.path}: ${JSON.stringify(last)}`);
    }),
  );
}

async function write(
  claimed: {
    readonly fd: number;
    readonly geometry: { readonly sizeBytes: number; readonly logicalBlockBytes: number };
  },
  { image, mapped }: EngineRun,
): Promise<WriterEvent | undefined> {
  const events: WriterEvent[] = [];
  const { blob } = image;
  const writer = startWriter({
    driveFd: claimed.fd,
    order: {
      body: { kind: "image", stored: blob, compression: "none", expanded: blob, mapped },
      geometry: claimed.geometry,
      identity: {
        diskSignature: 1,
        volumeId: 1,
        diskGuid: "",
        partitionGuid: "",
        biosPartitionGuid: "",
      },
      stamps: [],
      policy: PLAIN_POLICY,
      cacheDirectory: image.cacheDirectory,
      progressMs: 250,
    },
    onEvent: (event) => {
      events.push(event);
      if (event.kind === "ready") writer.begin();
      if (event.kind === "verified") writer.seal();
    },
  });
  await writer.exited;
  return events.at(-1);
}
