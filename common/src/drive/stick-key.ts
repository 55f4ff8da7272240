import type { DriveConsent } from "./drive.ts";

/** Where an insertion of a stick was seen. */
export type StickSighting = {
  readonly agent: string;
  readonly consent: Pick<DriveConsent, "driveId" | "insertion">;
};

/**
 * What a stick is known by at the controller: the same key is the same stick, as far as it can be told.
 *
 * Shape: a serial that can be trusted, wherever it is plugged in; a virtual drive by its name at its agent; any other stick
 *        for as long as it stays in its port.
 */
export function stickKey({ agent, consent: { driveId, insertion } }: StickSighting): string {
  if (hasOwnIdentity(driveId)) return driveId;
  const named = `${agent}/${driveId}`;
  return isVirtual(driveId) ? named : `${named}/${insertion}`;
}

/** The stick itself says who it is: it is known again after it was pulled. */
export function hasOwnIdentity(driveId: string): boolean {
  return driveId.startsWith("usb:");
}

/** A file has the size that it says: nobody sells it as a larger one. */
export function canBeFake(driveId: string): boolean {
  return !driveId.startsWith("virtual-file:");
}

function isVirtual(driveId: string): boolean {
  return driveId.startsWith("virtual-");
}
