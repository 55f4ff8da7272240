import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import {
  type ContentClientOptions,
  networkProblem,
  openContentClient,
} from "@stickfarm/common/rim/content-client";
import { gather } from "@stickfarm/common/rim/gather";

/** Takes bytes in order; the next ones come when it has settled. */
export type TakeBytes = (bytes: Uint8Array) => Promise<Result<void>>;

/** Where blobs come from. */
export type BlobServer = {
  /**
   * Read a blob from `startByte`, which is before its end or 0, to its end.
   *
   * Problems: controller_unreachable (also when the connection broke off), content_missing, unauthenticated, forbidden,
   *           canceled, and those of `take`.
   */
  readonly read: (
    blob: BlobRef,
    startByte: number,
    options: { readonly take: TakeBytes; readonly signal: AbortSignal },
  ) => Promise<Result<void>>;
  readonly close: () => void;
};

export type BlobServerOptions = Omit<ContentClientOptions, "connectionsMax">;

/** As many blobs as are fetched at once, for one order and a little of the next. */
const CONNECTIONS_MAX = 8;
/** Without a byte for this long the connection counts as broken. */
const SILENCE_MAX_MS = 30_000;

/** The controller's content library, over HTTPS with the agent's certificate. */
export function openBlobServer(options: BlobServerOptions): BlobServer {
  const client = openContentClient({
    silenceMaxMs: SILENCE_MAX_MS,
    ...options,
    connectionsMax: CONNECTIONS_MAX,
  });
  return {
    read: async ({ sha256, sizeBytes }, startByte, { take, signal }) => {
      const doing = `Cannot fetch content ${sha256}`;
      // A server that knew no ranges would send all from the beginning: then this is no answer.
      const [headers, statuses] =
        startByte === 0 ? [{}, [200]] : [{ range: `bytes=${startByte}-` }, [206]];
      const asked = await client.ask({ doing, method: "GET", sha256, headers, statuses, signal });
      if (!asked.ok) return asked;
      try {
        return await pour(gather(asked.value, sizeBytes - startByte), take);
      } catch (error) {
        return fail(networkProblem(`${doing} from ${options.address}`, error, signal));
      }
    },
    close: client.close,
  };
}

/** Leaving the loop early ends the connection. */
async function pour(body: AsyncIterable<Uint8Array>, take: TakeBytes): Promise<Result<void>> {
  for await (const bytes of body) {
    const taken = await take(bytes);
    if (!taken.ok) return taken;
  }
  return ok(undefined);
}
