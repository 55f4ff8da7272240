import type { Architecture } from "./architecture.ts";

/**
 * What was read from a boot image's own files when it was added: the headers of its loaders, kernels and Windows images,
 * and the module names in its initial RAM disks. Nothing here changes what is written to a stick.
 */
export type BootImageDetails = {
  /** The EFI programs beside those that firmware looks for, sorted by path. */
  readonly loaders: readonly LoaderFacts[];
  /** Linux kernels for x86 and x64, sorted by path. */
  readonly kernels: readonly KernelFacts[];
  /** WIM files, sorted by path. */
  readonly windowsImages: readonly WindowsImageFacts[];
  readonly drivers: DriverFacts;
};

export type LoaderFacts = {
  readonly path: string;
  /** `null`: it is no EFI program, or one for another processor. */
  readonly architecture: Architecture | null;
  readonly signatures: readonly LoaderSignature[];
};

/** An Authenticode signature. Its certificates are not checked against a root: the firmware has its own. */
export type LoaderSignature = {
  /** Common name in the signer's certificate. */
  readonly signer: string;
  /** Common name of who issued that; what a firmware's list of trust names. */
  readonly authority: string;
  /** The digest that was signed is the file's own, so that the file was not changed since. */
  readonly coversFile: boolean;
};

export type KernelFacts = {
  readonly path: string;
  /** As the kernel names itself: "6.1.0-56-cloud-amd64 ..."; empty when it does not. */
  readonly version: string;
  readonly architecture: Architecture;
  /** It can be started as an EFI program. */
  readonly hasEfiStub: boolean;
  readonly signatures: readonly LoaderSignature[];
};

export type WindowsImageFacts = {
  readonly path: string;
  /** Which of the images starts, counted from 1; 0 = none. */
  readonly bootIndex: number;
  readonly images: readonly WindowsImage[];
};

/** One of the images in a WIM file, as the file's XML has it. */
export type WindowsImage = {
  /** Counts from 1. */
  readonly index: number;
  readonly name: string;
  /** `null`: not told, or one that no computer of today has. */
  readonly architecture: Architecture | null;
  /** "10.0.26100.1"; empty when it is not told. */
  readonly version: string;
  /** Bytes of all files when they are expanded; 0 when it is not told. */
  readonly totalBytes: number;
};

/** What a computer needs to be provisioned: a way to the network, and a disk. */
export const DRIVER_CLASSES = ["net", "storage"] as const;
export type DriverClass = (typeof DRIVER_CLASSES)[number];

export type DriverFacts = {
  /** By whoever added the image; what was found is of no interest then. */
  readonly declared: readonly DriverClass[];
  /** In the initial RAM disks; `null` when there is none that lists modules, as in Windows PE. */
  readonly found: readonly DriverClass[] | null;
};
