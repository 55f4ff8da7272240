import type { Extent } from "./extent.ts";

/**
 * What every byte of one drive shall become.
 *
 * Shape: extents sorted by offset, no two overlap, all within `driveBytes`; what none covers is not touched.
 */
export type Layout = {
  readonly driveBytes: number;
  readonly extents: readonly Extent[];
};
