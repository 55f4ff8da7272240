import { nkeys } from "nats";

/** A new NATS user key: the seed stays here, the public half goes into the user's credential. */
export function createNatsKey(): { readonly seed: string; readonly publicKey: string } {
  const pair = nkeys.createUser();
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}
