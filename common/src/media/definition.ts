import type { Architecture } from "./content.ts";

/**
 * What a stick shall become, after every check: each field has its effective value, and what this version cannot make
 * is not in it. The YAML that operators write, with its defaults, is `definition-shape.ts`.
 */
export type MediaDefinition = BootableMedia | DiskImage;

export type Metadata = {
  /** [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])? */
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** A raw image, written as it is. */
export type DiskImage = {
  readonly kind: "DiskImage";
  readonly metadata: Metadata;
  readonly spec: {
    /** Name of a content that is an image. */
    readonly image: { readonly content: string };
    readonly distributionPoints: readonly string[];
  };
};

/** A FAT32 stick, composed from a boot image, files and settings. */
export type BootableMedia = {
  readonly kind: "BootableMedia";
  readonly metadata: Metadata;
  readonly spec: {
    /** No questions at boot, except the media password. */
    readonly unattended: boolean;
    /** `null`: nothing to contact, as for a stick of plain files. */
    readonly management: Management | null;
    readonly output: Output;
    readonly security: Security;
    /** `null`: the stick boots only if its files hold a loader. */
    readonly bootImage: BootImageChoice | null;
    readonly files: readonly PlacedFiles[];
    readonly distributionPoints: readonly string[];
    readonly variables: readonly Variable[];
  };
};

export type Management = {
  readonly mode: "dynamic" | "siteBased";
  readonly siteCode: string | null;
  /** Reached over the internet, through a cloud gateway. */
  readonly internet: boolean;
  /** URLs as written, in order of first contact. */
  readonly managementPoints: readonly string[];
};

export type Output = {
  readonly usb: {
    readonly partitionTable: "mbr" | "gpt";
    readonly fileSystem: "fat32";
    /** Bytes, or the whole stick. */
    readonly partitionBytes: number | "fill";
    readonly oversizeFiles: "reject";
  };
  /** Full text; FAT holds the first 11 characters of it. */
  readonly label: string;
  readonly autorun: boolean;
};

export type Security = {
  readonly unknownComputers: boolean;
  /** Name of the secret; `null`: nothing on the stick is sealed. */
  readonly passwordSecret: string | null;
  readonly userDeviceAffinity: UserDeviceAffinity;
};

export const USER_DEVICE_AFFINITIES = ["none", "pendingApproval", "autoApproval"] as const;
export type UserDeviceAffinity = (typeof USER_DEVICE_AFFINITIES)[number];

export type BootImageChoice = {
  /** Name of a content that is a boot image. */
  readonly name: string;
  /** Computers it is meant for; `null`: those that the boot image names. */
  readonly targetArchitectures: readonly Architecture[] | null;
};

/** A content's tree in a folder of the stick. */
export type PlacedFiles = {
  /** Name of a content that is a tree. */
  readonly content: string;
  /** Relative, separated by "/"; empty = the root. */
  readonly folder: string;
};

export type Variable =
  | { readonly kind: "plain"; readonly name: string; readonly value: string }
  /** Asked at boot. */
  | { readonly kind: "ask"; readonly name: string }
  | { readonly kind: "secret"; readonly name: string; readonly secret: string };

/** Text of the volume when a definition names none. */
export const DEFAULT_LABEL = "STICKFARM";

/** The one distribution point that every farm has: the controller's own library. */
export const LOCAL_DISTRIBUTION_POINT = "local";
