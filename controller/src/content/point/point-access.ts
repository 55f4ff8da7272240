import type { Readable } from "node:stream";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Result } from "@stickfarm/common/result";

/** What a place holds of a blob. */
export type BlobState =
  | { readonly kind: "whole" }
  | { readonly kind: "missing" }
  /** Other bytes than it must have: what they are. */
  | { readonly kind: "damaged"; readonly is: string }
  /** It is there, but not for us: why. */
  | { readonly kind: "unreadable"; readonly is: string };

export type CheckOptions = {
  /** Sizes only; else every byte is read. */
  readonly quick: boolean;
  readonly signal: AbortSignal | undefined;
};

/** A place of content as the controller reads it. */
export type PointReader = {
  /** Of the distribution point; "local" is the library. */
  readonly name: string;
  /** Problems: point_unreachable, canceled. */
  readonly check: (blob: BlobRef, options: CheckOptions) => Promise<Result<BlobState>>;
};

export type PutOptions = {
  /** Of the blob, from there to its end. */
  readonly open: (startByte: number) => Promise<Result<Readable>>;
  /** Told of bytes that were written. */
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal | undefined;
};

/** A distribution point: others than "local" can be written to. */
export type PointAccess = PointReader & {
  /**
   * Copy a blob there, and read it back. Until that has gone well it does not have its name, or what had it stays.
   *
   * Problems: point_not_writable, point_unreachable, point_unreadable, content_digest_mismatch, disk_full, canceled,
   *           those of `open`.
   */
  readonly put: (blob: BlobRef, options: PutOptions) => Promise<Result<void>>;
  readonly close: () => void;
};
