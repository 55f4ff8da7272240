import type { StampFile } from "../layout/extent.ts";

export type Stamps = {
  readonly manifest: Uint8Array;
  readonly manifestSignature: Uint8Array;
  readonly passport: Uint8Array;
  readonly passportSignature: Uint8Array;
  /** Milliseconds since 1970 UTC. */
  readonly orderedAtMs: number;
};

/** Ed25519. */
const SIGNATURE_BYTES = 64;
/** A passport is about 500 bytes; what is planned for leaves it room. */
const PASSPORT_BYTES_MAX = 4096;

/** The files of ours that every laid-out stick carries besides its content, and how they are named there. */
export function stampFiles(stamps: Stamps): readonly StampFile[] {
  const modifiedAtMs = stamps.orderedAtMs;
  return [
    { path: "stickfarm/manifest.json", bytes: stamps.manifest, modifiedAtMs },
    { path: "stickfarm/manifest.sig", bytes: stamps.manifestSignature, modifiedAtMs },
    { path: "stickfarm/passport.json", bytes: stamps.passport, modifiedAtMs },
    { path: "stickfarm/passport.sig", bytes: stamps.passportSignature, modifiedAtMs },
  ];
}

/** Stamps as large as they can become: for planning, before there is an attempt. */
export function largestStampFiles(manifest: Uint8Array): readonly StampFile[] {
  return stampFiles({
    manifest,
    manifestSignature: new Uint8Array(SIGNATURE_BYTES),
    passport: new Uint8Array(PASSPORT_BYTES_MAX),
    passportSignature: new Uint8Array(SIGNATURE_BYTES),
    orderedAtMs: 0,
  });
}
