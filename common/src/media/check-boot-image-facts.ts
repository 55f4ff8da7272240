import { renderBytes } from "../bytes.ts";
import { FAT_FILE_BYTES_MAX } from "../layout/check-tree.ts";
import { type BootImageDetails, DRIVER_CLASSES } from "./boot-image-facts.ts";
import type { BootImageFacts, Content } from "./content.ts";
import { type Finding, type FindingPath, findingAt, quote } from "./finding.ts";

/** Rules about what a boot image's own files say. Nothing is found where they were not read. */
export function checkBootImageFacts(
  at: FindingPath,
  bootImage: BootImageFacts,
): readonly Finding[] {
  return [...checkWindowsImages(at, bootImage), ...checkDrivers(at, bootImage.details)];
}

/** Windows' setup reads a WIM file in parts, the loader that starts boot.wim does not. */
export function checkBootWim(at: FindingPath, { body }: Content): readonly Finding[] {
  const files = body.kind === "tree" ? body.files : [];
  return files.flatMap(({ path, blob }) => {
    if (!/(^|\/)boot\.wim$/i.test(path) || blob.sizeBytes <= FAT_FILE_BYTES_MAX) return [];
    const rule = `has ${quote(path)} of ${renderBytes(blob.sizeBytes)}: FAT32 holds it in parts only, which Windows' loader does not start`;
    return [findingAt("boot-image-wim-large", at, rule, "Make it smaller than 4 GiB")];
  });
}

/** The image that starts inside of a WIM file must be for the processor that its loader is for. */
function checkWindowsImages(
  at: FindingPath,
  { architectures, details }: BootImageFacts,
): readonly Finding[] {
  return (details?.windowsImages ?? []).flatMap(({ path, bootIndex, images }) => {
    const architecture = images.find(({ index }) => index === bootIndex)?.architecture ?? null;
    if (architecture === null || architectures.includes(architecture)) return [];
    const has = architectures.length === 0 ? "no known architecture" : architectures.join(", ");
    const rule = `starts image ${bootIndex} of ${quote(path)}, which is for ${architecture}; the boot image has ${has}`;
    const remedy = "Add a boot image whose loaders and WIM are for the same processor";
    return [findingAt("boot-image-architecture", at, rule, remedy)];
  });
}

/** Of an image of which nothing is known, nothing is said: only Windows PE is known to need its drivers declared. */
function checkDrivers(at: FindingPath, details: BootImageDetails | null): readonly Finding[] {
  if (details === null) return [];
  const { declared, found } = details.drivers;
  if (declared.length === 0 && found === null) {
    if (details.windowsImages.length === 0) return [];
    const unknown = "is Windows PE, whose drivers cannot be read, and none were declared";
    const remedy = "Add it again under another name with --driver-class net,storage";
    return [findingAt("boot-image-drivers-unknown", at, unknown, remedy)];
  }
  const present = declared.length > 0 ? declared : (found ?? []);
  const missing = DRIVER_CLASSES.filter((driverClass) => !present.includes(driverClass));
  if (missing.length === 0) return [];
  const rule = `lacks drivers for ${missing.join(" and ")}, which computers are provisioned by`;
  const remedy = "Put them in, or add it again under another name with --driver-class";
  return [findingAt("boot-image-driver-missing", at, rule, remedy)];
}
