import type { Manifest } from "@stickfarm/common/media/manifest";

/** Everything that a stick will hold is local and was checked. */
export type PreparedContent = {
  readonly manifest: Manifest;
  /** As it was signed; goes onto the stick where files are laid out. */
  readonly manifestBytes: Uint8Array;
};
