import type { Identity, Role } from "@stickfarm/common/identity";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Peer } from "./read-peer.ts";

/** Who may call: `anyone` needs no certificate and is for enrolment alone. */
export type Access = Role | "anyone";

/**
 * Whether a peer may call what is open to `access`; null = a method that nobody has opened, refused to all.
 *
 * Problems: unauthenticated, with the reason why the certificate does not count; forbidden.
 */
export function checkAccess(
  what: string,
  access: Access | null,
  peer: Peer,
): Result<Identity | null> {
  if (access === "anyone") return ok(peer.kind === "known" ? peer.identity : null);
  if (peer.kind === "stranger") {
    return fail({ code: "unauthenticated", detail: `Cannot call ${what}: ${peer.reason}` });
  }
  const { role, name } = peer.identity;
  if (role === access) return ok(peer.identity);
  const need = access === null ? "is open to nobody" : `needs the role "${access}"`;
  return fail({
    code: "forbidden",
    detail: `Cannot call ${what}: it ${need}, "${name}" has the role "${role}"`,
  });
}
