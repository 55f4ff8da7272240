import { fail, ok, type Result } from "../result.ts";
import type { Drive, DriveConsent } from "./drive.ts";

/**
 * Whether this is the drive that the operator consented to erase. Every field counts: serials repeat in the field, and a
 * stick that was pulled and put back has a new insertion, so that what is behind the bay may be another one.
 *
 * Problems: drive_changed, naming the first field that differs.
 */
export function matchConsent(consent: Omit<DriveConsent, "overrides">, drive: Drive): Result<void> {
  for (const field of ["driveId", "bay", "serial", "sizeBytes", "insertion"] as const) {
    if (consent[field] === drive[field]) continue;
    return fail({
      code: "drive_changed",
      detail: `Cannot erase the drive in bay "${drive.bay}": its ${field} is "${drive[field]}", the consent says "${consent[field]}"`,
    });
  }
  return ok(undefined);
}
