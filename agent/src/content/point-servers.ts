import type { FetchPoint } from "@stickfarm/common/media/distribution-point";
import type { BlobServer } from "./blob-server.ts";
import { openDirectoryPoint } from "./directory-point.ts";
import { openHttpPoint } from "./http-point.ts";

/** The distribution points that orders name, each opened once. */
export type PointServers = {
  /** In the same order. */
  readonly of: (points: readonly FetchPoint[]) => readonly BlobServer[];
  readonly close: () => void;
};

/** A point that hangs is left for the next one after so long. */
const SILENCE_MAX_MS = 15_000;
/** More than a farm has; the one that was opened first is closed for the next. */
const POINTS_MAX = 32;

/** `local` is the controller's own library; its owner closes it. */
export function openPointServers(
  local: BlobServer,
  { silenceMaxMs = SILENCE_MAX_MS }: { readonly silenceMaxMs?: number } = {},
): PointServers {
  const opened = new Map<string, BlobServer>();
  const openPoint = ({ name, place }: FetchPoint): BlobServer => {
    switch (place.kind) {
      case "local":
        return local;
      case "directory":
        return openDirectoryPoint({ name, place, silenceMaxMs });
      case "http":
        return openHttpPoint({ name, place, silenceMaxMs });
    }
  };
  const find = (point: FetchPoint): BlobServer => {
    const key = JSON.stringify(point);
    const known = opened.get(key);
    if (known !== undefined) return known;
    const [oldest] = opened;
    if (opened.size === POINTS_MAX && oldest !== undefined) {
      opened.delete(oldest[0]);
      if (oldest[1] !== local) oldest[1].close();
    }
    const server = openPoint(point);
    opened.set(key, server);
    return server;
  };
  return {
    of: (points) => points.map(find),
    close: () => {
      for (const server of opened.values()) if (server !== local) server.close();
      opened.clear();
    },
  };
}
