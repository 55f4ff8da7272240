import { renderPrettyJson } from "@stickfarm/common/canonical-json";
import { API_VERSION } from "@stickfarm/common/media/api-version";
import type { Content } from "@stickfarm/common/media/content";
import type { BootableMedia, Medium, Variable } from "@stickfarm/common/media/definition";
import { environmentOf } from "@stickfarm/common/media/environment";
import type { CertificateFacts } from "@stickfarm/common/media/stick-certificate";
import { packageFolder } from "@stickfarm/common/media/stick-path";
import type { StoredTaskSequence } from "@stickfarm/common/media/task-sequence";

export type MediaJsonInput = {
  readonly definition: BootableMedia;
  readonly revision: number;
  readonly digest: string;
  readonly contents: ReadonlyMap<string, Content>;
  /** `null`: the definition points at none. */
  readonly taskSequence: StoredTaskSequence | null;
  readonly volumeLabel: string;
  readonly medium: Medium;
  readonly certificate: CertificateFacts | null;
};

/**
 * /stickfarm/media.json: every effective setting that may be known before the media password is, for what runs at boot and
 * for people. Its digest is in the signed manifest. Whatever a definition leaves out stands here with its default. With
 * a password, whom the stick contacts, its environment and its prestart command are sealed: they are named here, their
 * values are not.
 */
export function renderMediaJson(input: MediaJsonInput): string {
  const { definition, revision, digest, contents, taskSequence, volumeLabel, certificate } = input;
  const { metadata, spec } = definition;
  const { output, security } = spec;
  const isSealed = security.passwordSecret !== null;
  return renderPrettyJson({
    formatVersion: 1,
    apiVersion: API_VERSION,
    kind: definition.kind,
    ...metadata,
    revision,
    digest,
    unattended: spec.unattended,
    passwordRequired: isSealed,
    unknownComputers: security.unknownComputers,
    userDeviceAffinity: security.userDeviceAffinity,
    certificate: certificate === null ? null : certificateOf(certificate),
    management: managementOf(definition, isSealed),
    output: { ...output, volumeLabel },
    bootImage: bootImageOf(definition, contents),
    files: spec.files.map(({ content, folder }) => ({
      content,
      digest: contents.get(content)?.digest,
      at: `/${folder}`,
    })),
    distributionPoints: spec.distributionPoints,
    taskSequence: taskSequenceOf(taskSequence, contents),
    environment: environmentOf(definition, taskSequence, input.medium).map((variable) =>
      openVariable(variable, isSealed),
    ),
    prestart: prestartOf(input, isSealed),
  });
}

/** Its dates as people write them. */
function certificateOf({ notBeforeMs, notAfterMs, ...facts }: CertificateFacts) {
  return { ...facts, notBefore: renderInstant(notBeforeMs), notAfter: renderInstant(notAfterMs) };
}

function renderInstant(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function bootImageOf(
  { spec: { bootImage } }: BootableMedia,
  contents: ReadonlyMap<string, Content>,
) {
  if (bootImage === null) return null;
  const content = contents.get(bootImage.name);
  const architectures = content?.bootImage?.architectures ?? [];
  return {
    name: bootImage.name,
    digest: content?.digest,
    architectures,
    targetArchitectures: bootImage.targetArchitectures ?? architectures,
  };
}

function managementOf({ spec: { management } }: BootableMedia, isSealed: boolean) {
  if (management === null || !isSealed) return management;
  const { mode, internet } = management;
  return { mode, internet, sealed: true };
}

function taskSequenceOf(
  taskSequence: StoredTaskSequence | null,
  contents: ReadonlyMap<string, Content>,
) {
  if (taskSequence === null) return null;
  const { name, revision, digest, packages } = taskSequence;
  return {
    name,
    revision,
    digest,
    packages: packages.map((content) => ({ name: content, digest: contents.get(content)?.digest })),
  };
}

function prestartOf({ definition, contents }: MediaJsonInput, isSealed: boolean) {
  const { prestart } = definition.spec;
  if (prestart === null) return null;
  const { command, package: name } = prestart;
  return {
    ...(isSealed ? { sealed: true } : { command }),
    package:
      name === null
        ? null
        : { name, digest: contents.get(name)?.digest, at: `/${packageFolder(name)}` },
  };
}

/** In order, and none left out. */
function openVariable(variable: Variable, isSealed: boolean) {
  const { name } = variable;
  if (variable.kind === "ask") return { name, ask: true };
  return isSealed || variable.kind === "secret"
    ? { name, sealed: true }
    : { name, value: variable.value };
}
