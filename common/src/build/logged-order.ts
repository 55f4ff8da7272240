import type { Content } from "../media/content.ts";
import type { BootableMedia, MediaDefinition, Variable } from "../media/definition.ts";
import { referencesOf } from "../media/references.ts";

/** What went into a build, as its log names it. */
export type LoggedOrder = {
  readonly media: { readonly name: string; readonly revision: number; readonly digest: string };
  readonly manifestSha256: string;
  readonly label: string | null;
  readonly bootImage: string | null;
  readonly taskSequence: string | null;
  readonly prestart: { readonly command: string; readonly package: string | null } | null;
  readonly variables: readonly LoggedVariable[];
  /** Everything that the definition names, by name, in the order of the definition. */
  readonly contents: readonly LoggedContent[];
  readonly distributionPoints: readonly string[];
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
  /** By name; more than the definition names does no harm. */
  readonly contents: ReadonlyMap<string, Content>;
};

/** What a build's log says of its inputs. */
export function describeOrder({
  media,
  manifestSha256,
  definition,
  contents,
}: Inputs): LoggedOrder {
  const named = referencesOf(definition).filter(
    ({ kind }) => kind !== "secret" && kind !== "distributionPoint",
  );
  const names = new Set(named.map(({ name }) => name));
  return {
    media,
    manifestSha256,
    ...(definition.kind === "DiskImage" ? NOTHING_COMPOSED : describeSpec(definition.spec)),
    contents: [...names].flatMap((name) => {
      const content = contents.get(name);
      return content === undefined ? [] : [{ name, digest: content.digest }];
    }),
    distributionPoints: definition.spec.distributionPoints,
  };
}

const NOTHING_COMPOSED = {
  label: null,
  bootImage: null,
  taskSequence: null,
  prestart: null,
  variables: [],
} as const;

function describeSpec(spec: BootableMedia["spec"]) {
  return {
    label: spec.output.label,
    bootImage: spec.bootImage?.name ?? null,
    taskSequence: spec.taskSequence,
    prestart: spec.prestart,
    variables: spec.variables.map(describeVariable),
  };
}

function describeVariable(variable: Variable): LoggedVariable {
  const { kind, name } = variable;
  return kind === "plain" ? { kind, name, value: variable.value } : { kind, name };
}
