import { invariant } from "../invariant.ts";
import { crc32 } from "./crc32.ts";
import type { StickIdentity } from "./extent.ts";

/**
 * The ids that a stick shows to computers, from the one that we gave it: equal in, equal out.
 *
 * Shape:  `stickId` is 32 lower-case hex digits. The GUIDs are version 8; the two bits beside the variant tell the
 *         three apart, so no two of a stick are equal.
 * Source: RFC 9562 section 5.8.
 */
export function stickIdentity(stickId: string): StickIdentity {
  invariant(/^[0-9a-f]{32}$/.test(stickId), "a stick id is 32 lower-case hex digits");
  return {
    diskSignature: numberOf("disk", stickId),
    volumeId: numberOf("volume", stickId),
    diskGuid: guidOf("8", stickId),
    partitionGuid: guidOf("9", stickId),
    biosPartitionGuid: guidOf("A", stickId),
  };
}

/** Windows takes a signature of 0 for a drive without one and writes its own. */
function numberOf(role: string, stickId: string): number {
  return crc32(new TextEncoder().encode(role + stickId)) || 1;
}

function guidOf(variant: "8" | "9" | "A", stickId: string): string {
  const [a, b, c, d, e] = [
    stickId.slice(0, 8),
    stickId.slice(8, 12),
    stickId.slice(13, 16),
    stickId.slice(17, 20),
    stickId.slice(20),
  ];
  return `${a}-${b}-8${c}-${variant}${d}-${e}`.toUpperCase();
}
