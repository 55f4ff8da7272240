import type {
  BootImageDetails as WireDetails,
  LoaderSignature as WireSignature,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { ARCHITECTURES, type Architecture } from "../media/architecture.ts";
import {
  type BootImageDetails,
  DRIVER_CLASSES,
  type DriverClass,
  type LoaderSignature,
} from "../media/boot-image-facts.ts";

export function detailsToWire(details: BootImageDetails | null): WireDetails | undefined {
  if (details === null) return undefined;
  const { loaders, kernels, windowsImages, drivers } = details;
  return {
    loaders: loaders.map(({ path, architecture, signatures }) => ({
      path,
      architecture: architecture ?? "",
      signatures: copySignatures(signatures),
    })),
    kernels: kernels.map((kernel) => ({
      ...kernel,
      signatures: copySignatures(kernel.signatures),
    })),
    windowsImages: windowsImages.map(({ path, bootIndex, images }) => ({
      path,
      bootIndex,
      images: images.map((image) => ({ ...image, architecture: image.architecture ?? "" })),
    })),
    drivers: {
      declared: [...drivers.declared],
      found: [...(drivers.found ?? [])],
      isFoundKnown: drivers.found !== null,
    },
  };
}

/** "unknown": an architecture or a class of drivers that this version does not know. */
export function detailsFromWire(
  wire: WireDetails | undefined,
): BootImageDetails | null | "unknown" {
  if (wire === undefined) return null;
  const { declared = [], found = [], isFoundKnown = false } = wire.drivers ?? {};
  if (![...declared, ...found].every(isDriverClass)) return "unknown";
  const names = [
    ...wire.loaders.map(({ architecture }) => architecture),
    ...wire.windowsImages.flatMap(({ images }) => images.map(({ architecture }) => architecture)),
  ];
  if (!names.every((name) => name === "" || isArchitecture(name))) return "unknown";
  const kernels = [];
  for (const { architecture, ...kernel } of wire.kernels) {
    if (!isArchitecture(architecture)) return "unknown";
    kernels.push({ ...kernel, architecture, signatures: copySignatures(kernel.signatures) });
  }
  return {
    loaders: wire.loaders.map(({ path, architecture, signatures }) => ({
      path,
      architecture: isArchitecture(architecture) ? architecture : null,
      signatures: copySignatures(signatures),
    })),
    kernels,
    windowsImages: wire.windowsImages.map(({ path, bootIndex, images }) => ({
      path,
      bootIndex,
      images: images.map((image) => ({
        ...image,
        architecture: isArchitecture(image.architecture) ? image.architecture : null,
      })),
    })),
    drivers: {
      declared: declared.filter(isDriverClass),
      found: isFoundKnown ? found.filter(isDriverClass) : null,
    },
  };
}

function copySignatures(signatures: readonly (LoaderSignature | WireSignature)[]): WireSignature[] {
  return signatures.map(({ signer, authority, coversFile }) => ({ signer, authority, coversFile }));
}

function isArchitecture(text: string): text is Architecture {
  return ARCHITECTURES.some((architecture) => architecture === text);
}

function isDriverClass(text: string): text is DriverClass {
  return DRIVER_CLASSES.some((driverClass) => driverClass === text);
}
