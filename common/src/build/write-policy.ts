/** How an attempt writes its stick and what it takes as proof. The controller has settled every open question. */
export type WritePolicy = {
  readonly rewrite: Rewrite;
  readonly proof: WriteProof;
  readonly capacity: CapacityCheck;
  /** A stick of which a range had to be written again may succeed; the result names the ranges all the same. */
  readonly acceptRepaired: boolean;
};

/**
 * full: everything is written. refresh: everything is read, and only what differs is written. auto: refresh, for as long
 * as that costs less time than writing everything.
 */
export const REWRITES = ["auto", "full", "refresh"] as const;
export type Rewrite = (typeof REWRITES)[number];

/**
 * read-back: everything is read again after the last write. compared: what the comparing read found as it shall be is not
 * read again; only for a stick that has shown its capacity, since a write to another address may land there.
 */
export const WRITE_PROOFS = ["read-back", "compared"] as const;
export type WriteProof = (typeof WRITE_PROOFS)[number];

/** probe: a few blocks, in seconds. surface: every block is written and read, which takes as long as two whole builds. */
export const CAPACITY_CHECKS = ["none", "probe", "surface"] as const;
export type CapacityCheck = (typeof CAPACITY_CHECKS)[number];

/** How a build shall be written, as it was asked for. `null`: by what is known of each stick. */
export type AskedPolicy = Omit<WritePolicy, "proof" | "capacity"> & {
  readonly proof: WriteProof | null;
  readonly capacity: CapacityCheck | null;
};

/** What is asked for by who asks for nothing. */
export const OPEN_POLICY: AskedPolicy = {
  rewrite: "auto",
  proof: null,
  capacity: null,
  acceptRepaired: false,
};

/** What any stick may be written with: nothing is taken over from an earlier life. */
export const PLAIN_POLICY: WritePolicy = {
  rewrite: "full",
  proof: "read-back",
  capacity: "none",
  acceptRepaired: false,
};
