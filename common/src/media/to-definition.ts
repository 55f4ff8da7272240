import { parseBytes } from "../bytes.ts";
import { invariant } from "../invariant.ts";
import {
  type BootableMedia,
  DEFAULT_LABEL,
  type DiskImage,
  LOCAL_DISTRIBUTION_POINT,
  type Management,
  type Metadata,
  type Output,
  type Variable,
} from "./definition.ts";
import type { BootableMediaText, DiskImageText } from "./definition-shape.ts";
import { isAsked } from "./rules/check-variables.ts";
import { foldersOf } from "./stick-path.ts";

/**
 * A definition that passed every rule, with every default filled in.
 *
 * Shape: no error was found in `text`, so what is not built is not in it.
 */
export function toBootableMedia({ metadata, spec }: BootableMediaText): BootableMedia {
  return {
    kind: "BootableMedia",
    metadata: toMetadata(metadata),
    spec: {
      unattended: spec.unattended ?? false,
      management: spec.management === undefined ? null : toManagement(spec.management),
      output: toOutput(spec.output),
      security: {
        unknownComputers: spec.security?.unknownComputers ?? false,
        passwordSecret: spec.security?.password?.secret ?? null,
        userDeviceAffinity: spec.security?.userDeviceAffinity ?? "none",
      },
      bootImage:
        spec.bootImage === undefined
          ? null
          : {
              name: spec.bootImage.name,
              targetArchitectures: spec.bootImage.targetArchitectures ?? null,
            },
      files: (spec.files ?? []).map(({ content, at = "/" }) => ({
        content,
        folder: foldersOf(at).join("/"),
      })),
      distributionPoints: spec.distributionPoints ?? [LOCAL_DISTRIBUTION_POINT],
      variables: (spec.customization?.variables ?? []).map(toVariable),
    },
  };
}

export function toDiskImage({ metadata, spec }: DiskImageText): DiskImage {
  return {
    kind: "DiskImage",
    metadata: toMetadata(metadata),
    spec: {
      image: { content: spec.image.content },
      distributionPoints: spec.distributionPoints ?? [LOCAL_DISTRIBUTION_POINT],
    },
  };
}

function toMetadata(metadata: DiskImageText["metadata"]): Metadata {
  return {
    name: metadata.name,
    description: metadata.description ?? "",
    labels: metadata.labels ?? {},
  };
}

function toManagement(
  management: NonNullable<BootableMediaText["spec"]["management"]>,
): Management {
  return {
    mode: management.mode,
    siteCode: management.siteCode ?? null,
    internet: management.internet ?? false,
    managementPoints: management.managementPoints.map(({ url }) => url),
  };
}

function toOutput(output: BootableMediaText["spec"]["output"]): Output {
  return {
    usb: {
      partitionTable: output?.usb?.partitionTable ?? "mbr",
      fileSystem: output?.usb?.fileSystem ?? "fat32",
      partitionBytes: toPartitionBytes(output?.usb?.partitionSize ?? "fill"),
      oversizeFiles: "reject",
    },
    label: output?.label ?? DEFAULT_LABEL,
    autorun: output?.autorun ?? false,
  };
}

function toPartitionBytes(text: string): number | "fill" {
  if (text === "fill") return "fill";
  const size = parseBytes(text);
  invariant(size.ok, "a partition size that passed the rules is a size");
  return size.value;
}

function toVariable(
  variable: NonNullable<
    NonNullable<BootableMediaText["spec"]["customization"]>["variables"]
  >[number],
): Variable {
  const { name, value, secret } = variable;
  if (secret !== undefined) return { kind: "secret", name, secret };
  if (isAsked(variable)) return { kind: "ask", name };
  invariant(value !== undefined, "a variable that passed the rules has a source");
  return { kind: "plain", name, value };
}
