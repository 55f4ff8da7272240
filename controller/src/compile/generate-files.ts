import { createHash } from "node:crypto";
import { renderCanonicalJson } from "@stickfarm/common/canonical-json";
import { invariant } from "@stickfarm/common/invariant";
import { environmentOf } from "@stickfarm/common/media/environment";
import type { StickCertificate } from "@stickfarm/common/media/stick-certificate";
import {
  AUTORUN_PATH,
  MEDIA_JSON_PATH,
  MEDIA_LABEL_PATH,
  SEALED_SETTINGS_PATH,
} from "@stickfarm/common/media/stick-path";
import type { SealedParts } from "./collect-secrets.ts";
import { renderAutorun } from "./render-autorun.ts";
import { type MediaJsonInput, renderMediaJson } from "./render-media-json.ts";
import { type SealRandom, sealSettings } from "./seal-settings.ts";

/** A small file made by the compiler; the manifest names it, the library must hold it. */
export type GeneratedFile = {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
};

export type GenerateInput = Omit<MediaJsonInput, "certificate"> & {
  readonly certificate: StickCertificate | null;
  /** `null`: the definition has no password, and nothing is sealed. */
  readonly sealed: SealedParts | null;
  readonly random: SealRandom;
};

/** What a stick carries besides its contents: its label in full, its settings, and those that are sealed. */
export async function generateFiles(input: GenerateInput): Promise<readonly GeneratedFile[]> {
  const { label, autorun } = input.definition.spec.output;
  const certificate = input.certificate?.facts ?? null;
  const mediaJson = renderMediaJson({ ...input, certificate });
  const media = generated(MEDIA_JSON_PATH, Buffer.from(mediaJson));
  const files = [generated(MEDIA_LABEL_PATH, Buffer.from(`label=${label}\n`)), media];
  if (autorun) files.push(generated(AUTORUN_PATH, renderAutorun(label)));
  if (input.sealed === null) {
    invariant(certificate === null, "a certificate without a password was refused");
    return files;
  }
  const text = sealedText(input, input.sealed, media.sha256);
  const bytes = await sealSettings(text, input.sealed.password, input.random);
  return [...files, generated(SEALED_SETTINGS_PATH, bytes)];
}

/** With the digest of the open settings, so that whoever opens these knows that those belong to them. */
function sealedText(
  { definition, taskSequence, certificate, medium }: GenerateInput,
  { variables }: SealedParts,
  mediaJsonSha256: string,
): string {
  const { management, prestart } = definition.spec;
  const values = new Map(variables.map(({ name, value }) => [name, value.revealText()]));
  return renderCanonicalJson({
    formatVersion: 1,
    mediaJsonSha256,
    management,
    environment: environmentOf(definition, taskSequence, medium).map((variable) => {
      const { kind, name } = variable;
      if (kind === "ask") return { name, ask: true };
      if (kind === "plain") return { name, value: variable.value };
      return { name, value: values.get(name), secret: true };
    }),
    prestart: prestart === null ? null : { command: prestart.command },
    certificate: certificate === null ? null : certificateText(certificate),
  });
}

function certificateText({ facts, pfx, pfxPassword }: StickCertificate) {
  return {
    thumbprint: facts.thumbprint,
    pfx: Buffer.from(pfx.reveal()).toString("base64"),
    pfxPassword: pfxPassword.revealText(),
  };
}

function generated(path: string, bytes: Uint8Array): GeneratedFile {
  return { path, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}
