import { LOCAL_DISTRIBUTION_POINT } from "@stickfarm/common/media/definition";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import {
  type ContentClientOptions,
  networkProblem,
  openContentClient,
} from "@stickfarm/common/rim/content-client";
import { gather } from "@stickfarm/common/rim/gather";
import { keepPace, type PaceLimit } from "./keep-pace.ts";

/** Takes bytes in order; the next ones come when it has settled. */
export type TakeBytes = (bytes: Uint8Array) => Promise<Result<void>>;

/** Where blobs come from: the controller, or a distribution point. */
export type BlobServer = {
  /** Of the distribution point; "local" is the controller. */
  readonly name: string;
  /**
   * Read a blob from `startByte`, which is before its end or 0, to its end.
   *
   * Problems: controller_unreachable, point_unreachable (also when the connection broke off, or was slower than `pace`),
   *           content_missing, content_digest_mismatch (its size is another), point_unreadable, unauthenticated, forbidden,
   *           canceled, and those of `take`.
   */
  readonly read: (blob: BlobRef, startByte: number, options: ReadOptions) => Promise<Result<void>>;
  readonly close: () => void;
};

export type ReadOptions = {
  readonly take: TakeBytes;
  readonly signal: AbortSignal;
  /** What is slower is given up; `null`: nothing else can be asked, so that slow is better than never. */
  readonly pace: PaceLimit | null;
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
    name: LOCAL_DISTRIBUTION_POINT,
    read: async ({ sha256, sizeBytes }, startByte, { take, signal, pace }) => {
      const doing = `Cannot fetch content ${sha256}`;
      // A server that knew no ranges would send all from the beginning: then this is no answer.
      const [headers, statuses] =
        startByte === 0 ? [{}, [200]] : [{ range: `bytes=${startByte}-` }, [206]];
      const asked = await client.ask({ doing, method: "GET", sha256, headers, statuses, signal });
      if (!asked.ok) return asked;
      try {
        return await pour(gather(keepPace(asked.value, pace), sizeBytes - startByte), take);
      } catch (error) {
        return fail(networkProblem(`${doing} from ${options.address}`, error, signal));
      }
    },
    close: client.close,
  };
}

/** Leaving the loop early ends the connection. */
export async function pour(
  body: AsyncIterable<Uint8Array>,
  take: TakeBytes,
): Promise<Result<void>> {
  for await (const bytes of body) {
    const taken = await take(bytes);
    if (!taken.ok) return taken;
  }
  return ok(undefined);
}
