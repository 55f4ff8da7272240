import {
  type AskedPolicy,
  type CapacityCheck,
  OPEN_POLICY,
  type WriteProof,
} from "@stickfarm/common/build/write-policy";

/** How sticks shall be written, as it was typed; what was not typed is left open. */
export type PolicyOptions = {
  readonly full?: true;
  readonly refresh?: true;
  readonly proof?: WriteProof;
  readonly capacity?: CapacityCheck;
  readonly acceptRepaired?: true;
};

/** The parser of commands has refused `full` and `refresh` together. */
export function parsePolicy(options: PolicyOptions): AskedPolicy {
  const { full, refresh, proof, capacity, acceptRepaired } = options;
  return {
    rewrite: full === true ? "full" : refresh === true ? "refresh" : OPEN_POLICY.rewrite,
    proof: proof ?? null,
    capacity: capacity ?? null,
    acceptRepaired: acceptRepaired ?? false,
  };
}
