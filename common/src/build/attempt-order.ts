import type { DriveConsent } from "../drive/drive.ts";
import type { FetchPoint } from "../media/distribution-point.ts";
import type { BlobRef } from "../media/manifest.ts";
import type { WritePolicy } from "./write-policy.ts";

/** One try at one stick: everything that an agent needs besides content. */
export type AttemptOrder = {
  readonly buildId: string;
  readonly jobId: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Only grows for one drive. */
  readonly fence: number;
  /** 32 lower-case hex digits; the ids on the stick follow from it. */
  readonly stickId: string;
  readonly consent: DriveConsent;
  readonly manifest: BlobRef;
  /** Ed25519 over the manifest's bytes. */
  readonly manifestSignature: Uint8Array;
  /** JSON, written to the stick where files are laid out. */
  readonly passport: Uint8Array;
  /** Ed25519 over the passport's bytes. */
  readonly passportSignature: Uint8Array;
  /** When the controller gave it out, milliseconds since 1970 UTC. */
  readonly orderedAtMs: number;
  /** Where content is fetched from, first to last; at least one. */
  readonly points: readonly FetchPoint[];
  /** SHA-256 of what the controller has made for this build: fetched from it, whatever the points. */
  readonly localSha256: readonly string[];
  readonly policy: WritePolicy;
  /** Stop this attempt if it runs, and do not begin it. */
  readonly cancel: boolean;
};
