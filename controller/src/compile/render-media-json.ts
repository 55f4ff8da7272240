import { renderPrettyJson } from "@stickfarm/common/canonical-json";
import { API_VERSION } from "@stickfarm/common/media/api-version";
import type { Content } from "@stickfarm/common/media/content";
import type { BootableMedia, Variable } from "@stickfarm/common/media/definition";

export type MediaJsonInput = {
  readonly definition: BootableMedia;
  readonly revision: number;
  readonly digest: string;
  readonly contents: ReadonlyMap<string, Content>;
  readonly volumeLabel: string;
};

/**
 * /stickfarm/media.json: every effective setting that is no secret, for what runs at boot and for people. Its digest is
 * in the signed manifest. Whatever a definition leaves out stands here with its default.
 */
export function renderMediaJson({
  definition,
  revision,
  digest,
  contents,
  volumeLabel,
}: MediaJsonInput): string {
  const { metadata, spec } = definition;
  const { output, security, management } = spec;
  return renderPrettyJson({
    formatVersion: 1,
    apiVersion: API_VERSION,
    kind: definition.kind,
    ...metadata,
    revision,
    digest,
    unattended: spec.unattended,
    passwordRequired: security.passwordSecret !== null,
    unknownComputers: security.unknownComputers,
    userDeviceAffinity: security.userDeviceAffinity,
    management,
    output: { ...output, volumeLabel },
    bootImage: bootImageOf(definition, contents),
    files: spec.files.map(({ content, folder }) => ({
      content,
      digest: contents.get(content)?.digest,
      at: `/${folder}`,
    })),
    distributionPoints: spec.distributionPoints,
    variables: spec.variables.map(plainVariable),
  });
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

/** In order, and none left out: what is sealed is named here, its value is not. */
function plainVariable(variable: Variable) {
  const { name } = variable;
  if (variable.kind === "plain") return { name, value: variable.value };
  return variable.kind === "ask" ? { name, ask: true } : { name, sealed: true };
}
