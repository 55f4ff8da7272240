import type { BootableMedia, MediaDefinition, Variable } from "../media/definition.ts";
import type { Library } from "../media/library.ts";
import { neededContents } from "../media/needed-contents.ts";
import type { CertificateFacts } from "../media/stick-certificate.ts";
import type { AskedPolicy } from "./write-policy.ts";

/** What went into a build, as its log names it. */
export type LoggedOrder = {
  readonly media: { readonly name: string; readonly revision: number; readonly digest: string };
  readonly manifestSha256: string;
  readonly label: string | null;
  readonly bootImage: string | null;
  /** "install-w11@2": the revision that the stick points at. */
  readonly taskSequence: string | null;
  readonly prestart: { readonly command: string; readonly package: string | null } | null;
  readonly variables: readonly LoggedVariable[];
  /** What the stick proves itself with: who made it and what it is known by. */
  readonly certificate: Omit<CertificateFacts, "notBeforeMs"> | null;
  /** All content that the media need, what their task sequence fetches too; the file of an imported certificate last. */
  readonly contents: readonly LoggedContent[];
  readonly distributionPoints: readonly string[];
  /** `null` in orders of a time when nothing could be asked for. */
  readonly policy: AskedPolicy | null;
};

/** SHA-256 over the content's canonical listing. */
export type LoggedContent = { readonly name: string; readonly digest: string };

/** A secret one has no value here: there is no place to put it. */
export type LoggedVariable =
  | { readonly kind: "plain"; readonly name: string; readonly value: string }
  | { readonly kind: "ask"; readonly name: string }
  | { readonly kind: "secret"; readonly name: string };

type Inputs = {
  readonly media: LoggedOrder["media"];
  readonly manifestSha256: string;
  readonly definition: MediaDefinition;
  /** More than the definition names does no harm. */
  readonly library: Pick<Library, "contents" | "taskSequences">;
  readonly certificate: CertificateFacts | null;
  readonly policy: AskedPolicy;
};

/** What a build's log says of its inputs. */
export function describeOrder(inputs: Inputs): LoggedOrder {
  const { media, manifestSha256, definition, library, certificate, policy } = inputs;
  const { contents, taskSequences } = library;
  const names = [...neededContents(definition, library), ...certificateOf(definition)];
  const taskSequence = definition.kind === "DiskImage" ? null : definition.spec.taskSequence;
  return {
    media,
    manifestSha256,
    ...(definition.kind === "DiskImage" ? NOTHING_COMPOSED : describeSpec(definition.spec)),
    certificate: certificate === null ? null : describeCertificate(certificate),
    taskSequence: nameRevision(taskSequence, taskSequences),
    contents: names.flatMap((name) => {
      const content = contents.get(name);
      return content === undefined ? [] : [{ name, digest: content.digest }];
    }),
    distributionPoints: definition.spec.distributionPoints,
    policy,
  };
}

function describeCertificate(facts: CertificateFacts): LoggedOrder["certificate"] {
  const { kind, thumbprint, subject, notAfterMs } = facts;
  return { kind, thumbprint, subject, notAfterMs };
}

const NOTHING_COMPOSED = {
  label: null,
  bootImage: null,
  prestart: null,
  variables: [],
} as const;

function describeSpec(spec: BootableMedia["spec"]) {
  return {
    label: spec.output.label,
    bootImage: spec.bootImage?.name ?? null,
    prestart: spec.prestart,
    variables: spec.variables.map(describeVariable),
  };
}

function certificateOf({ kind, spec }: MediaDefinition): readonly string[] {
  if (kind === "DiskImage") return [];
  const { certificate } = spec.security;
  return certificate?.kind === "pkcs12" ? [certificate.content] : [];
}

function nameRevision(name: string | null, known: Library["taskSequences"]): string | null {
  const revision = name === null ? undefined : known.get(name)?.revision;
  return revision === undefined ? name : `${name}@${revision}`;
}

function describeVariable(variable: Variable): LoggedVariable {
  const { kind, name } = variable;
  return kind === "plain" ? { kind, name, value: variable.value } : { kind, name };
}
