import type { FetchPoint, PointPlace } from "@stickfarm/common/media/distribution-point";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";
import type { Library } from "../library.ts";
import { openDirectoryAccess } from "./directory-access.ts";
import { openHttpAccess } from "./http-access.ts";
import { wrongSize } from "./judge-bytes.ts";
import type { BlobState, PointAccess, PointReader } from "./point-access.ts";
import { stateOfProblem } from "./state-of-problem.ts";

/** Every distribution point as the controller reaches it, opened once: a share that hangs is known to hang. */
export type PointDoors = {
  readonly reader: (point: FetchPoint) => PointReader;
  readonly access: (point: PlacedPoint) => PointAccess;
  readonly close: () => void;
};

type PlacedPoint = { readonly name: string; readonly place: PointPlace };

/** A server may move a file for minutes after it has got it. */
const SILENCE_MAX_MS = 60_000;
/** More than a farm has; the one that was opened first is closed for the next. */
const POINTS_MAX = 32;

export function openPointDoors(
  library: Library,
  { silenceMaxMs = SILENCE_MAX_MS }: { readonly silenceMaxMs?: number } = {},
): PointDoors {
  const opened = new Map<string, PointAccess>();
  const local = readLocal(library);
  const access: PointDoors["access"] = (point) => {
    const key = JSON.stringify([point.name, point.place]);
    const known = opened.get(key);
    if (known !== undefined) return known;
    const [oldest] = opened;
    if (opened.size === POINTS_MAX && oldest !== undefined) {
      opened.delete(oldest[0]);
      oldest[1].close();
    }
    const made = openAccess(point, silenceMaxMs);
    opened.set(key, made);
    return made;
  };
  return {
    access,
    reader: ({ name, place }) => (place.kind === "local" ? local : access({ name, place })),
    close: () => {
      for (const door of opened.values()) door.close();
      opened.clear();
    },
  };
}

function openAccess({ name, place }: PlacedPoint, silenceMaxMs: number): PointAccess {
  return place.kind === "directory"
    ? openDirectoryAccess({ name, place, silenceMaxMs })
    : openHttpAccess({ name, place, silenceMaxMs });
}

/** The library itself. What turns out to be damaged in it is removed, so that adding it again makes it good. */
function readLocal(library: Library): PointReader {
  return {
    name: "local",
    check: async (blob, { quick, signal }): Promise<Result<BlobState>> => {
      const doing = `Cannot check content ${blob.sha256}`;
      if (isCanceled(signal)) return fail(canceled(doing));
      const sizeBytes = await library.sizeOf(blob.sha256);
      if (sizeBytes === null) return ok({ kind: "missing" });
      if (sizeBytes !== blob.sizeBytes) return ok(wrongSize(sizeBytes, blob));
      if (quick) return ok({ kind: "whole" });
      const verified = await library.verify(blob.sha256, { signal });
      return verified.ok ? ok({ kind: "whole" }) : stateOfProblem(verified.problem);
    },
  };
}
