import type { DiskSource } from "./find-disks.ts";
import type { VirtualDriveSource } from "./parse-virtual-drive.ts";

/** Where a drive is found: what the command line names, or a disk that the kernel shows. */
export type DriveSource = VirtualDriveSource | DiskSource;
