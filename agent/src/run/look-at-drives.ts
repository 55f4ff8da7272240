import { UNSEEN } from "@stickfarm/common/drive/contents";
import type { Result } from "@stickfarm/common/result";
import { lookAt } from "../drive/describe-drive.ts";
import { type DriveOffer, findOffered } from "../drive/drive-offer.ts";
import type { Glances, Look } from "../drive/glances.ts";
import { listDrives } from "../drive/list-drives.ts";
import { lookOnce } from "../drive/look-once.ts";
import type { DriveHost } from "../drive/read-machine.ts";
import type { ClaimedStick } from "./claim-stick.ts";

/** How a drive of the offer is looked at: where it is now, and whether it still was when the look was over. */
export function lookerAt(offer: DriveOffer, host: DriveHost): Look {
  return async ({ driveId, insertion, sizeBytes, logicalBlockBytes }, signal) => {
    const source = await findOffered(offer, driveId, host);
    if (source === null) return UNSEEN;
    const { path } = await lookAt(source);
    const geometry = { sizeBytes, logicalBlockBytes };
    const contents = await lookOnce({ path, geometry }, signal);
    const [drive] = await listDrives([source], host);
    return drive?.driveId === driveId && drive.insertion === insertion ? contents : UNSEEN;
  };
}

/** Claim a stick at which nobody looks until its writer has ended. */
export async function claimUnseen(
  glances: Glances,
  driveId: string,
  claim: () => Promise<Result<ClaimedStick>>,
): Promise<Result<ClaimedStick>> {
  const lookAgain = glances.hold(driveId);
  let isWritten = false;
  try {
    const claimed = await claim();
    isWritten = claimed.ok;
    // Not from its release on: when the drive was given up, the kernel may hold its writer for longer.
    if (claimed.ok) void claimed.value.writer.exited.then(lookAgain);
    return claimed;
  } finally {
    if (!isWritten) lookAgain();
  }
}
