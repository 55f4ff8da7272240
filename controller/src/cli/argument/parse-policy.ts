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
};

/** The parser of commands has refused `full` and `refresh` together. */
export function parsePolicy({ full, refresh, proof, capacity }: PolicyOptions): AskedPolicy {
  const rewrite = full === true ? "full" : refresh === true ? "refresh" : OPEN_POLICY.rewrite;
  return { ...OPEN_POLICY, rewrite, proof: proof ?? null, capacity: capacity ?? null };
}
