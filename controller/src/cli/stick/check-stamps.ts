import { createHash } from "node:crypto";
import { MANIFEST_PATH, PASSPORT_PATH } from "@stickfarm/common/media/stick-path";
import { isSigned, parseJson } from "./check-stick.ts";
import type { StickFinding, StickPassport } from "./inspection.ts";
import { recordOf, textOf } from "./plain.ts";

/** What a build leaves on a stick of itself; null for what is not there. */
export type StickStamps = {
  readonly manifest: Uint8Array | null;
  readonly manifestSignature: Uint8Array | null;
  readonly passport: Uint8Array | null;
  readonly passportSignature: Uint8Array | null;
};

/** Whether the farm signed the passport and the manifest, where there is one, and whether the two belong together. */
export function checkStamps(
  stamps: StickStamps,
  farmKeyPem: string,
): { readonly passport: StickPassport; readonly findings: readonly StickFinding[] } {
  const { manifest, manifestSignature, passport, passportSignature } = stamps;
  const isOurs = (bytes: Uint8Array | null, signature: Uint8Array | null) =>
    bytes !== null && signature !== null && isSigned(farmKeyPem, bytes, signature);
  const parsed = parsePassport(passport);
  const belongs = manifest === null || parsed.manifestSha256 === sha256Of(manifest);
  const isManifestOurs = manifest === null || isOurs(manifest, manifestSignature);
  const findings = [
    ...(isManifestOurs ? [] : [unsigned(MANIFEST_PATH)]),
    ...(isOurs(passport, passportSignature) && belongs ? [] : [unsigned(PASSPORT_PATH)]),
  ];
  return { passport: parsed, findings };
}

function unsigned(path: string): StickFinding {
  return { what: "unsigned", path };
}

function parsePassport(bytes: Uint8Array | null): StickPassport {
  const passport = recordOf(parseJson(bytes ?? undefined));
  const text = (key: string) => textOf(passport[key]);
  return {
    stickId: text("stickId"),
    buildId: text("buildId"),
    manifestSha256: text("manifestSha256"),
    serial: text("serial"),
    orderedAt: text("orderedAt"),
  };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
