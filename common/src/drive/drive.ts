import type { Problem } from "../problem.ts";
import type { Ask, AskCode } from "./ask.ts";
import type { DriveContents } from "./contents.ts";
import type { UsbPlace } from "./hardware.ts";

/** A drive as an agent sees it now. `/dev` names are not part of it: they are never stored, sent or reopened. */
export type Drive = {
  /** Stable within its agent: transport and serial. */
  readonly driveId: string;
  /** Label of the port position; unique within its agent. */
  readonly bay: string;
  readonly serial: string;
  readonly vendor: string;
  readonly model: string;
  readonly sizeBytes: number;
  /** 512 or 4096. */
  readonly logicalBlockBytes: number;
  /** Changes whenever something else may be behind the same bay: `diskseq` of a device, inode of a file. */
  readonly insertion: string;
  readonly transport: DriveTransport;
  /** Why it cannot be written now; empty when it can. */
  readonly refusals: readonly Problem[];
  /** What speaks against erasing it until its serial is typed; empty when a yes will do. */
  readonly asks: readonly Ask[];
  readonly facts: DriveFacts;
  readonly contents: DriveContents;
};

/** What is known of a drive beside what it is consented to by: to be shown, never compared. */
export type DriveFacts = {
  /**
   * strong: known by a serial of its own, wherever it is plugged in. weak: known by its port only, so that it is another
   * drive after each insertion. unknown: its agent does not say.
   */
  readonly identity: (typeof DRIVE_IDENTITIES)[number];
  /** `null`: it hangs on no USB port. */
  readonly usb: UsbPlace | null;
  readonly isReadOnly: boolean;
  /** Where file systems that lie on it are mounted. */
  readonly mountPoints: readonly string[];
  /** Devices that lie on it, directly or through others; its partitions are none. */
  readonly holders: readonly string[];
};

export const DRIVE_IDENTITIES = ["unknown", "weak", "strong"] as const;

export const UNKNOWN_FACTS: DriveFacts = {
  identity: "unknown",
  usb: null,
  isReadOnly: false,
  mountPoints: [],
  holders: [],
};

/** fixed: a disk that hangs on no USB port; it is shown, and refused. */
export const DRIVE_TRANSPORTS = ["virtual-file", "virtual-device", "usb", "fixed"] as const;
export type DriveTransport = (typeof DRIVE_TRANSPORTS)[number];

/** The drive as the operator consented to it. The claim compares each field but the last. */
export type DriveConsent = {
  readonly driveId: string;
  readonly bay: string;
  readonly serial: string;
  readonly sizeBytes: number;
  readonly insertion: string;
  /** What was asked and answered by its serial: nothing else of the kind may be found at the claim. */
  readonly overrides: readonly AskCode[];
};
