import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { blobPath, type DirectoryPlace } from "@stickfarm/common/media/distribution-point";
import { fail, ok } from "@stickfarm/common/result";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";
import { openShare, type Share } from "@stickfarm/common/rim/read-share";
import { copyToShare } from "./copy-to-share.ts";
import { judgeBytes, wrongSize } from "./judge-bytes.ts";
import type { PointAccess, PointReader } from "./point-access.ts";
import { stateOfProblem } from "./state-of-problem.ts";

export type DirectoryAccessOptions = {
  readonly name: string;
  readonly place: DirectoryPlace;
  /** A share that gives no answer for this long counts as gone. */
  readonly silenceMaxMs: number;
};

/** A folder of this machine, or a share that is mounted on it. */
export function openDirectoryAccess(options: DirectoryAccessOptions): PointAccess {
  const { name, place, silenceMaxMs } = options;
  const share = openShare(place.path, silenceMaxMs);
  return {
    name,
    check: checkOn(share, name),
    put: (blob, put) => copyToShare(share, blob, { ...put, name }),
    close: () => undefined,
  };
}

function checkOn(share: Share, name: string): PointReader["check"] {
  return async (blob, { quick, signal }) => {
    const doing = `Cannot check content ${blob.sha256} at distribution point "${name}"`;
    if (isCanceled(signal)) return fail(canceled(doing));
    const opened = await share.openBlob(blob.sha256, doing);
    if (!opened.ok) return stateOfProblem(opened.problem);
    const file = opened.value;
    try {
      if (file.sizeBytes !== blob.sizeBytes) return ok(wrongSize(file.sizeBytes, blob));
      if (quick) {
        const path = join(share.path, blobPath(blob.sha256));
        await share.pass(() => access(path, constants.R_OK));
        return ok({ kind: "whole" });
      }
      return ok(await judgeBytes(file.read(0), blob, signal));
    } catch (error) {
      if (isCanceled(signal)) return fail(canceled(doing));
      return stateOfProblem(await share.explain(doing, error));
    } finally {
      file.close();
    }
  };
}
