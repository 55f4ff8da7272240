import type { Grant, Identity } from "./identity.ts";
import { fail, ok, type Result } from "./result.ts";

/**
 * Let those pass who have been given the role. `doing` begins the message: "Cannot start the build".
 *
 * Problems: role_missing.
 */
export function requireGrant(
  { name, grants }: Identity,
  grant: Grant,
  doing: string,
): Result<void> {
  if (grants.includes(grant)) return ok(undefined);
  const detail = `${doing}: the operator "${name}" does not have the role "${grant}"`;
  return fail({ code: "role_missing", detail });
}
