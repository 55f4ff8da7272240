import { assertNever } from "../assert-never.ts";
import type { Architecture } from "./architecture.ts";
import { checkBootImageFacts, checkBootWim } from "./check-boot-image-facts.ts";
import type { Content } from "./content.ts";
import { LOCAL_DISTRIBUTION_POINT } from "./definition.ts";
import { type Finding, type FindingPath, findingAt, quote } from "./finding.ts";
import type { Library } from "./library.ts";
import { isMediaName, isSecretName } from "./name.ts";
import { nearestName } from "./nearest-name.ts";
import type { Reference, Targets } from "./references.ts";

/**
 * Whether everything that a definition names exists and is what it must be: all that is missing at once.
 *
 * Problems: content_unknown, secret_unknown, task_sequence_unknown, point_unknown, and definition_invalid for what is there but of
 *           the wrong kind.
 */
export function checkReferences(
  references: readonly Reference[],
  library: Library,
): readonly Finding[] {
  return references.flatMap((reference) => {
    if (reference.kind === "secret") return checkSecret(reference.at, reference.name, library);
    if (reference.kind === "taskSequence") {
      return checkTaskSequenceNamed(reference.at, reference.name, library);
    }
    if (reference.kind === "distributionPoint")
      return checkPoint(reference.at, reference.name, library);
    const content = library.contents.get(reference.name);
    if (content === undefined) return checkMissing(reference.at, reference.name, library);
    switch (reference.kind) {
      case "image":
        return checkImage(reference.at, content);
      case "tree":
        return checkTreeContent(reference.at, content);
      case "file":
        return checkFileContent(reference.at, content);
      case "bootImage":
        return checkBootImageContent(reference.at, content, reference.targets);
      default:
        return assertNever(reference);
    }
  });
}

function checkSecret(at: FindingPath, name: string, library: Library): readonly Finding[] {
  // What is no name of a secret has its own finding, and may be the secret itself.
  if (!isSecretName(name) || library.secretNames.has(name)) return [];
  const set = `Set it with \`stickfarm secret set ${name}\``;
  return [findingAt("secret-unknown", at, "names a secret that is not set", set)];
}

/** What it will fetch later must be there now: nobody looks after it once the stick is made. */
function checkTaskSequenceNamed(
  at: FindingPath,
  name: string,
  { taskSequences, contents }: Library,
): readonly Finding[] {
  if (!isMediaName(name)) return [];
  const taskSequence = taskSequences.get(name);
  if (taskSequence === undefined) {
    const meant = nearestName(name, [...taskSequences.keys()]);
    const remedy =
      meant === null
        ? "Store it with `stickfarm task-sequence apply`"
        : `Did you mean ${quote(meant)}?`;
    const rule = `is ${quote(name)}, which is no task sequence that is stored here`;
    return [findingAt("task-sequence-unknown", at, rule, remedy)];
  }
  return taskSequence.packages
    .filter((content) => !contents.has(content))
    .map((content) => {
      const rule = `is ${quote(name)}, whose package ${quote(content)} is not in the content library`;
      const remedy = `Add it with \`stickfarm content add --name ${content}\``;
      return findingAt("task-sequence-package-unknown", at, rule, remedy);
    });
}

function checkPoint(at: FindingPath, name: string, library: Library): readonly Finding[] {
  const known = [LOCAL_DISTRIBUTION_POINT, ...library.pointNames];
  if (!isMediaName(name) || known.includes(name)) return [];
  const meant = nearestName(name, known);
  const remedy =
    meant === null
      ? `Add it with \`stickfarm dp add ${name}\`; there is ${known.join(", ")}`
      : `Did you mean ${quote(meant)}?`;
  const rule = `is ${quote(name)}, which is no distribution point of this farm`;
  return [findingAt("distribution-point-unknown", at, rule, remedy)];
}

/** For every field that names a content, whatever kind it is of. */
export function checkMissing(
  at: FindingPath,
  name: string,
  library: Pick<Library, "contents">,
): readonly Finding[] {
  if (!isMediaName(name)) return [];
  const meant = nearestName(name, [...library.contents.keys()]);
  const remedy =
    meant === null
      ? "Add it with `stickfarm content add` or `stickfarm boot-image add`"
      : `Did you mean ${quote(meant)}?`;
  const rule = `is ${quote(name)}, which is not in the content library`;
  return [findingAt("content-unknown", at, rule, remedy)];
}

function checkImage(at: FindingPath, { name, body }: Content): readonly Finding[] {
  if (body.kind === "image") return [];
  const rule = `is ${quote(name)}, which is a tree of files, must be a disk image`;
  return [
    findingAt(
      "content-not-image",
      at,
      rule,
      "Write kind: BootableMedia with files, or name an image",
    ),
  ];
}

function checkTreeContent(at: FindingPath, { name, body }: Content): readonly Finding[] {
  if (body.kind === "tree") return [];
  const rule = `is ${quote(name)}, which is a disk image, must be a tree of files`;
  return [
    findingAt(
      "content-not-tree",
      at,
      rule,
      "Write kind: DiskImage to write an image, or name a tree",
    ),
  ];
}

function checkFileContent(at: FindingPath, { name, body }: Content): readonly Finding[] {
  const count = body.kind === "tree" ? body.files.length : 0;
  if (count === 1) return [];
  const is = body.kind === "image" ? "which is a disk image" : `which holds ${count} files`;
  const rule = `is ${quote(name)}, ${is}, must be a single file`;
  const remedy = "Add the .pfx or .p12 file itself with `stickfarm content add`";
  return [findingAt("content-not-file", at, rule, remedy)];
}

function checkBootImageContent(
  at: FindingPath,
  content: Content,
  targets: Targets,
): readonly Finding[] {
  const { name, bootImage } = content;
  const wrongBody = checkTreeContent(at, content);
  if (wrongBody.length > 0) return wrongBody;
  if (bootImage === null) {
    const rule = `is ${quote(name)}, which was not added as a boot image`;
    return [
      findingAt(
        "boot-image-not-one",
        at,
        rule,
        "Add it with `stickfarm boot-image add`, or name it under files",
      ),
    ];
  }
  const unfit = targets.architectures.flatMap((target, index) =>
    checkTarget([...targets.at, index], target, bootImage.architectures),
  );
  const isOld = bootImage.architectures.includes("x86") && unfit.length === 0;
  return [
    ...unfit,
    ...(isOld ? [oldPlatform(at)] : []),
    ...checkBootImageFacts(at, bootImage),
    ...checkBootWim(at, content),
  ];
}

function oldPlatform(at: FindingPath): Finding {
  const rule = "has x86 in it, which Windows PE ended with ADK 2004";
  return findingAt("boot-image-x86", at, rule, "Plan for an x64 boot image");
}

/** Which images a computer can start, by its architecture: x64 processors start 32-bit images, by BIOS only. */
const STARTS_ON: Readonly<Record<Architecture, readonly Architecture[]>> = {
  x86: ["x86"],
  x64: ["x64", "x86"],
  arm64: ["arm64"],
};

function checkTarget(
  at: FindingPath,
  target: Architecture,
  images: readonly Architecture[],
): readonly Finding[] {
  const possible = STARTS_ON[target].filter((image) => images.includes(image));
  if (possible.length === 0) {
    const has = images.length === 0 ? "no known architecture" : images.join(", ");
    const rule = `is ${target}, which cannot start this boot image: it has ${has}, must have ${STARTS_ON[target].join(" or ")}`;
    return [
      findingAt("target-cannot-start", at, rule, "Name another boot image, or other computers"),
    ];
  }
  if (possible.includes(target)) return [];
  const rule = `is ${target}, and the boot image has ${possible.join(", ")}: UEFI starts only its own architecture, BIOS alone will do`;
  return [findingAt("target-bios-only", at, rule, "Name an x64 boot image")];
}
