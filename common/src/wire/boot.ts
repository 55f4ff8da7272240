import type { BootView } from "@stickfarm/proto/stickfarm/v1/operator";
import {
  BOOT_VERDICTS,
  type BootProof,
  FIRMWARES,
  PATTERN_CHARACTERS_MAX,
} from "../media/boot-proof.ts";
import { fail, ok, type Result } from "../result.ts";

const SHA256 = /^[0-9a-f]{64}$/;

/** A boot that is not stored yet has neither number nor time. */
export function bootToWire(
  proof: BootProof,
  kept: Pick<BootView, "number" | "recordedAtMs" | "hasScreenshot"> = NOT_KEPT,
): BootView {
  return { ...proof, pattern: proof.pattern ?? "", ...kept };
}

const NOT_KEPT = { number: 0, recordedAtMs: 0, hasScreenshot: false };

/** Problems: usage, naming what is not in the form. */
export function bootFromWire(wire: BootView | undefined): Result<BootProof> {
  const firmware = FIRMWARES.find((known) => known === wire?.firmware);
  const verdict = BOOT_VERDICTS.find((known) => known === wire?.verdict);
  if (wire === undefined || firmware === undefined)
    return malformed(`its firmware is "${wire?.firmware ?? ""}", must be ${FIRMWARES.join(", ")}`);
  if (verdict === undefined)
    return malformed(`its verdict is "${wire.verdict}", must be ${BOOT_VERDICTS.join(", ")}`);
  if (wire.pattern.length > PATTERN_CHARACTERS_MAX)
    return malformed(
      `its pattern has ${wire.pattern.length} characters, must have at most ${PATTERN_CHARACTERS_MAX}`,
    );
  if ((verdict === "watched") !== (wire.pattern === "") && verdict !== "nothingBoots")
    return malformed(
      `its verdict is "${verdict}", which a pattern must be looked for or not to have`,
    );
  if (!SHA256.test(wire.manifestSha256))
    return malformed("its manifest is named by no digest, must be 64 lower-case hex digits");
  const { elapsedMs, manifestSha256, pattern } = wire;
  return ok({ firmware, verdict, pattern: pattern || null, elapsedMs, manifestSha256 });
}

function malformed(why: string): Result<never> {
  return fail({ code: "usage", detail: `Cannot keep the boot: ${why}` });
}
