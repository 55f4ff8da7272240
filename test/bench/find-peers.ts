import type { Bench } from "./group.ts";
import { PEERS, type Peer } from "./peers.ts";

/** All that are there, and why the others are not. */
export async function findPeers(
  bench: Bench,
): Promise<{ readonly peers: readonly Peer[]; readonly skipped: string[] }> {
  const peers: Peer[] = [];
  const skipped: string[] = [];
  for (const peer of PEERS) {
    if (peer.whyNot() !== null && bench.install) {
      bench.say(`Installing ${peer.name}`);
      await peer.install(bench.scratch);
    }
    const why = peer.whyNot();
    if (why === null) peers.push(peer);
    else skipped.push(`${peer.name}: ${why}`);
  }
  return { peers, skipped };
}
