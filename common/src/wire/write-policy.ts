import type { WritePolicy as WirePolicy } from "@stickfarm/proto/stickfarm/v1/agent";
import type { AskedPolicy as WireAsked } from "@stickfarm/proto/stickfarm/v1/operator";
import {
  type AskedPolicy,
  CAPACITY_CHECKS,
  OPEN_POLICY,
  PLAIN_POLICY,
  REWRITES,
  WRITE_PROOFS,
  type WritePolicy,
} from "../build/write-policy.ts";

/** `null`: a policy of a newer controller. One that says nothing has everything written and read back. */
export function policyFromWire(wire: WirePolicy | undefined): WritePolicy | null {
  if (wire === undefined) return PLAIN_POLICY;
  const rewrite = REWRITES.find((known) => known === wire.rewrite);
  const proof = WRITE_PROOFS.find((known) => known === wire.proof);
  const capacity = CAPACITY_CHECKS.find((known) => known === wire.capacity);
  if (rewrite === undefined || proof === undefined || capacity === undefined) return null;
  return { rewrite, proof, capacity, acceptRepaired: wire.acceptRepaired };
}

export function askedPolicyToWire({ proof, capacity, ...policy }: AskedPolicy): WireAsked {
  return { ...policy, proof: proof ?? "", capacity: capacity ?? "" };
}

/** `null`: something that is not known here was asked for. Who asks for nothing leaves all open. */
export function askedPolicyFromWire(wire: WireAsked | undefined): AskedPolicy | null {
  if (wire === undefined) return OPEN_POLICY;
  const known = policyFromWire({
    ...wire,
    proof: wire.proof || "read-back",
    capacity: wire.capacity || "none",
  });
  if (known === null) return null;
  return {
    ...known,
    proof: wire.proof === "" ? null : known.proof,
    capacity: wire.capacity === "" ? null : known.capacity,
  };
}
