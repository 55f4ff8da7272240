/** Processor families that a boot image can start on, or that a target computer has. */
export const ARCHITECTURES = ["x86", "x64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];
