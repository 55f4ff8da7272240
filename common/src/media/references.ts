import type { Architecture } from "./architecture.ts";
import type { MediaDefinition } from "./definition.ts";
import type { BootableMediaDraft, DiskImageDraft } from "./definition-shape.ts";
import type { FindingPath } from "./finding.ts";

/** A name in a definition that stands for something kept elsewhere, and what it must be. */
export type Reference =
  | (Place & { readonly kind: "bootImage"; readonly targets: Targets })
  | (Place & { readonly kind: "tree" })
  | (Place & { readonly kind: "image" })
  | (Place & { readonly kind: "file" })
  | (Place & { readonly kind: "secret" })
  | (Place & { readonly kind: "taskSequence" })
  | (Place & { readonly kind: "distributionPoint" });

type Place = { readonly at: FindingPath; readonly name: string };

/** The computers that a boot image is meant to start. */
export type Targets = {
  readonly at: FindingPath;
  readonly architectures: readonly Architecture[];
};

const PASSWORD_AT = ["spec", "security", "password", "secret"];
const PKCS12_AT = ["spec", "security", "certificate", "pkcs12"];
const TASK_SEQUENCE_AT = ["spec", "taskSequence", "name"];
const PACKAGE_AT = ["spec", "customization", "prestart", "package"];
const VARIABLES_AT = ["spec", "customization", "variables"];

export function referencesOf(definition: MediaDefinition): readonly Reference[] {
  const points = pointReferences(definition.spec.distributionPoints);
  if (definition.kind === "DiskImage")
    return [imageReference(definition.spec.image.content), ...points];
  const { bootImage, files, security, taskSequence, variables, prestart } = definition.spec;
  return [
    ...(bootImage === null
      ? []
      : [bootImageReference(bootImage.name, bootImage.targetArchitectures ?? [])]),
    ...files.map(({ content }, index) => treeReference(filesAt(index), content)),
    ...(security.passwordSecret === null
      ? []
      : [secretReference(PASSWORD_AT, security.passwordSecret)]),
    ...(security.certificate?.kind === "pkcs12"
      ? [
          fileReference([...PKCS12_AT, "content"], security.certificate.content),
          secretReference([...PKCS12_AT, "passwordSecret"], security.certificate.passwordSecret),
        ]
      : []),
    ...(taskSequence === null ? [] : [taskSequenceReference(taskSequence)]),
    ...variables.flatMap((variable, index) =>
      variable.kind === "secret"
        ? [secretReference([...VARIABLES_AT, index, "secret"], variable.secret)]
        : [],
    ),
    ...(prestart === null || prestart.package === null
      ? []
      : [treeReference(PACKAGE_AT, prestart.package)]),
    ...points,
  ];
}

/** Those of a definition that is not right yet, so that what they miss is said together with the rest. */
export function referencesOfBootableMedia({ spec }: BootableMediaDraft): readonly Reference[] {
  const { bootImage, files, security, taskSequence, customization } = spec ?? {};
  const targets = (bootImage?.targetArchitectures ?? []).filter((target) => target !== undefined);
  const password = security?.password?.secret;
  const { content, passwordSecret } = security?.certificate?.pkcs12 ?? {};
  return [
    ...(bootImage?.name === undefined ? [] : [bootImageReference(bootImage.name, targets)]),
    ...(files ?? []).flatMap((place, index) =>
      place?.content === undefined ? [] : [treeReference(filesAt(index), place.content)],
    ),
    ...(password === undefined ? [] : [secretReference(PASSWORD_AT, password)]),
    ...(content === undefined ? [] : [fileReference([...PKCS12_AT, "content"], content)]),
    ...(passwordSecret === undefined
      ? []
      : [secretReference([...PKCS12_AT, "passwordSecret"], passwordSecret)]),
    ...(taskSequence?.name === undefined ? [] : [taskSequenceReference(taskSequence.name)]),
    ...(customization?.variables ?? []).flatMap((variable, index) =>
      variable?.secret === undefined
        ? []
        : [secretReference([...VARIABLES_AT, index, "secret"], variable.secret)],
    ),
    ...(customization?.prestart?.package === undefined
      ? []
      : [treeReference(PACKAGE_AT, customization.prestart.package)]),
    ...pointReferences(spec?.distributionPoints),
  ];
}

export function referencesOfDiskImage({ spec }: DiskImageDraft): readonly Reference[] {
  return [
    ...(spec?.image?.content === undefined ? [] : [imageReference(spec.image.content)]),
    ...pointReferences(spec?.distributionPoints),
  ];
}

function pointReferences(points: readonly (string | undefined)[] = []): readonly Reference[] {
  return points.flatMap((name, index) =>
    name === undefined
      ? []
      : [{ kind: "distributionPoint", at: ["spec", "distributionPoints", index], name }],
  );
}

function imageReference(name: string): Reference {
  return { kind: "image", at: ["spec", "image", "content"], name };
}

function filesAt(index: number): FindingPath {
  return ["spec", "files", index, "content"];
}

function treeReference(at: FindingPath, name: string): Reference {
  return { kind: "tree", at, name };
}

function fileReference(at: FindingPath, name: string): Reference {
  return { kind: "file", at, name };
}

function secretReference(at: FindingPath, name: string): Reference {
  return { kind: "secret", at, name };
}

function taskSequenceReference(name: string): Reference {
  return { kind: "taskSequence", at: TASK_SEQUENCE_AT, name };
}

function bootImageReference(name: string, architectures: readonly Architecture[]): Reference {
  return {
    kind: "bootImage",
    at: ["spec", "bootImage", "name"],
    name,
    targets: { at: ["spec", "bootImage", "targetArchitectures"], architectures },
  };
}
