import type { AskedPolicy } from "@stickfarm/common/build/write-policy";

const BY_RECORD = "by the stick's record";

/** How sticks are written, as it was asked for or as it was settled for one of them: "rewrite auto, proof read-back, ...". */
export function renderPolicy({ rewrite, proof, capacity, acceptRepaired }: AskedPolicy): string {
  const parts = [
    `rewrite ${rewrite}`,
    `proof ${proof ?? BY_RECORD}`,
    `capacity check ${capacity ?? BY_RECORD}`,
    ...(acceptRepaired ? ["repaired sticks accepted"] : []),
  ];
  return parts.join(", ");
}
