import type { AskedPolicy, WritePolicy } from "@stickfarm/common/build/write-policy";

/** What is known of the stick that an attempt is for. */
export type StickTrust = {
  /** It may have less room than it says: anything but a file. */
  readonly canBeFake: boolean;
  /** It has passed a check of its capacity here. */
  readonly hasShownCapacity: boolean;
};

/**
 * How one stick is written: as it was asked for, and by what is known of the stick where that was left open.
 *
 * Shape: a stick is probed until it has shown its capacity, and until then everything is read back. On a fake a write to a
 *        far address may land where the stick was only compared, so one that is to be `compared` is probed first, also
 *        where no check was asked for.
 */
export function resolvePolicy(
  asked: AskedPolicy,
  { canBeFake, hasShownCapacity }: StickTrust,
): WritePolicy {
  const isUntried = canBeFake && !hasShownCapacity;
  const proof = asked.proof ?? (hasShownCapacity ? "compared" : "read-back");
  const capacity = asked.capacity ?? (isUntried ? "probe" : "none");
  const isUnsafe = isUntried && proof === "compared" && capacity === "none";
  return { ...asked, proof, capacity: isUnsafe ? "probe" : capacity };
}
