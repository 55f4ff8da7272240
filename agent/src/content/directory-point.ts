import type { DirectoryPlace } from "@stickfarm/common/media/distribution-point";
import { fail, type Result } from "@stickfarm/common/result";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";
import { openShare } from "@stickfarm/common/rim/read-share";
import { type BlobServer, pour, type ReadOptions } from "./blob-server.ts";
import { keepPace } from "./keep-pace.ts";

export type DirectoryPointOptions = {
  readonly name: string;
  readonly place: DirectoryPlace;
  /** A share that gives no answer for this long counts as gone. */
  readonly silenceMaxMs: number;
};

/** A distribution point that is a folder of this machine, or a share that is mounted on it. */
export function openDirectoryPoint(options: DirectoryPointOptions): BlobServer {
  const { name, place, silenceMaxMs } = options;
  const share = openShare(place.path, silenceMaxMs);
  return {
    name,
    read: async ({ sha256, sizeBytes }, startByte, readOptions) => {
      const doing = `Cannot fetch content ${sha256} from distribution point "${name}"`;
      const opened = await share.openBlob(sha256, doing);
      if (!opened.ok) return opened;
      const file = opened.value;
      try {
        if (file.sizeBytes === sizeBytes)
          return await takeFile(file.read(startByte), readOptions, doing);
        const detail = `${doing}: it has ${file.sizeBytes} bytes there, must have ${sizeBytes}`;
        return fail({ code: "content_digest_mismatch", detail });
      } catch (error) {
        return fail(await share.explain(doing, error));
      } finally {
        file.close();
      }
    },
    close: () => undefined,
  };
}

async function takeFile(
  pieces: AsyncIterable<Uint8Array>,
  { take, signal, pace }: ReadOptions,
  doing: string,
): Promise<Result<void>> {
  const takeUnlessCanceled = async (bytes: Uint8Array): Promise<Result<void>> =>
    isCanceled(signal) ? fail(canceled(doing)) : take(bytes);
  return pour(keepPace(pieces, pace), takeUnlessCanceled);
}
