import { parseBytes } from "../bytes.ts";
import { invariant } from "../invariant.ts";
import {
  type BootableMedia,
  DEFAULT_LABEL,
  type DiskImage,
  LOCAL_DISTRIBUTION_POINT,
  type Management,
  type MediaCertificate,
  type Metadata,
  type Output,
  type Variable,
} from "./definition.ts";
import type { BootableMediaText, DiskImageText } from "./definition-shape.ts";
import { instantOf } from "./rules/check-certificate.ts";
import { isAsked } from "./rules/check-variables.ts";
import { foldersOf } from "./stick-path.ts";

/**
 * A definition that passed every rule, with every default filled in.
 *
 * Shape: no error was found in `text`, so each of its values has the form that its rule asks for.
 */
export function toBootableMedia({ metadata, spec }: BootableMediaText): BootableMedia {
  return {
    kind: "BootableMedia",
    metadata: toMetadata(metadata),
    spec: {
      unattended: spec.unattended ?? false,
      management: spec.management === undefined ? null : toManagement(spec.management),
      output: toOutput(spec.output, metadata.name),
      security: {
        unknownComputers: spec.security?.unknownComputers ?? false,
        passwordSecret: spec.security?.password?.secret ?? null,
        certificate: toCertificate(spec.security?.certificate),
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
      taskSequence: spec.taskSequence?.name ?? null,
      variables: (spec.customization?.variables ?? []).map(toVariable),
      prestart:
        spec.customization?.prestart === undefined
          ? null
          : {
              command: spec.customization.prestart.command,
              package: spec.customization.prestart.package ?? null,
            },
    },
  };
}

export function toDiskImage({ metadata, spec }: DiskImageText): DiskImage {
  return {
    kind: "DiskImage",
    metadata: toMetadata(metadata),
    spec: {
      image: { content: spec.image.content },
      passport: spec.passport ?? true,
      distributionPoints: spec.distributionPoints ?? [LOCAL_DISTRIBUTION_POINT],
    },
  };
}

export function toMetadata(metadata: DiskImageText["metadata"]): Metadata {
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

function toOutput(output: BootableMediaText["spec"]["output"], name: string): Output {
  return {
    usb: {
      partitionTable: output?.usb?.partitionTable ?? "mbr",
      fileSystem: output?.usb?.fileSystem ?? "fat32",
      partitionBytes: toPartitionBytes(output?.usb?.partitionSize ?? "fill"),
      oversizeFiles: output?.usb?.oversizeFiles ?? "reject",
    },
    iso: {
      fileName: output?.iso?.fileName ?? `${name}.iso`,
      volumeSize: output?.iso?.volumeSize ?? "unlimited",
      ifExists: output?.iso?.ifExists ?? "fail",
    },
    label: output?.label ?? DEFAULT_LABEL,
    autorun: output?.autorun ?? false,
  };
}

function toCertificate(
  certificate: NonNullable<BootableMediaText["spec"]["security"]>["certificate"],
): MediaCertificate | null {
  const { selfSigned, pkcs12 } = certificate ?? {};
  if (pkcs12 !== undefined) return { kind: "pkcs12", ...pkcs12 };
  if (selfSigned === undefined) return null;
  const { notBefore, notAfter } = selfSigned;
  return {
    kind: "selfSigned",
    notBeforeMs: notBefore === undefined ? null : instantOf(notBefore),
    notAfterMs: notAfter === undefined ? null : instantOf(notAfter),
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
