/** For the tests beside: a capacity check as the writer makes it, after it has erased both ends. */
import type { CapacityCheck } from "@stickfarm/common/build/write-policy";
import { invariant } from "@stickfarm/common/invariant";
import type { DriveGeometry } from "@stickfarm/common/layout/extent";
import type { Result } from "@stickfarm/common/result";
import { diceOf } from "@stickfarm/common/test-dice";
import { openCachedBlobs } from "../cached-blobs.ts";
import type { OpenDrive } from "../calls/open-drive.ts";
import { eraseEnds } from "../erase-ends.ts";
import { openWork } from "../work.ts";
import { noise } from "../write-fixture.ts";
import type { WriteHooks } from "../write-hooks.ts";
import { checkCapacity } from "./check-capacity.ts";
import { TAG_BYTES } from "./probe-block.ts";

/** The same in every run. */
function probeDice(seed = 1): Pick<WriteHooks, "tag" | "random"> {
  return { tag: noise(2 * TAG_BYTES, seed).subarray(0, TAG_BYTES), random: diceOf(seed) };
}

export async function probeDrive(
  drive: OpenDrive,
  geometry: DriveGeometry,
  options: { readonly check: CapacityCheck; readonly seed?: number; readonly signal?: AbortSignal },
): Promise<Result<void>> {
  const blobs = openCachedBlobs("", []);
  invariant(blobs.ok, "no blobs, no problem");
  const { check, seed, signal = new AbortController().signal } = options;
  const work = openWork(drive, blobs.value, signal);
  const hooks = { nowMs: () => 0, onPhase: () => () => undefined, ...probeDice(seed) };
  const erased = await eraseEnds(work, geometry);
  if (!erased.ok) return erased;
  return checkCapacity(work, geometry, check, hooks);
}
