import type { Architecture } from "./architecture.ts";

/**
 * What a stick shall become, after every check: each field has its effective value. The YAML that operators write, with its defaults, is `definition-shape.ts`.
 */
export type MediaDefinition = BootableMedia | DiskImage;

/** What a definition is made into: settings say what they lie on. */
export type Medium = "stick" | "disc";

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
    /** A record of its build lies behind the image, where that leaves a MiB. */
    readonly passport: boolean;
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
    /** Name of the record of the task sequence that the stick points at. */
    readonly taskSequence: string | null;
    readonly variables: readonly Variable[];
    readonly prestart: Prestart | null;
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
    /** splitWim: a WIM that FAT32 cannot hold is written as parts. */
    readonly oversizeFiles: "reject" | "splitWim";
  };
  readonly iso: IsoOutput;
  /** Full text; FAT holds the first 11 characters of it. */
  readonly label: string;
  readonly autorun: boolean;
};

/** CD/DVD images; a definition that says nothing of them can be made into one all the same. */
export type IsoOutput = {
  /** Ends with ".iso". */
  readonly fileName: string;
  readonly volumeSize: VolumeSize;
  readonly ifExists: "fail" | "replaceAfterSuccess";
};

export const VOLUME_SIZES = ["650MB", "4GB", "8GB", "unlimited"] as const;
/** Room on one disc. */
export type VolumeSize = (typeof VOLUME_SIZES)[number];

export type Security = {
  readonly unknownComputers: boolean;
  /** Name of the secret; `null`: nothing on the stick is sealed. */
  readonly passwordSecret: string | null;
  /** `null`: the stick has no certificate. */
  readonly certificate: MediaCertificate | null;
  readonly userDeviceAffinity: UserDeviceAffinity;
};

/** What the stick proves itself with to management points. */
export type MediaCertificate =
  /** Milliseconds since 1970 UTC; `null`: from the compilation, for a year. */
  | {
      readonly kind: "selfSigned";
      readonly notBeforeMs: number | null;
      readonly notAfterMs: number | null;
    }
  /** Name of a content that is one PKCS #12 file, and of the secret that opens it. */
  | { readonly kind: "pkcs12"; readonly content: string; readonly passwordSecret: string };

/** Run at boot, before a task sequence is chosen. */
export type Prestart = {
  readonly command: string;
  /** Name of a content that is a tree, found on the stick below /stickfarm/packages/. */
  readonly package: string | null;
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
