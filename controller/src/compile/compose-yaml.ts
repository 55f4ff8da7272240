import type { FindingPath } from "@stickfarm/common/media/finding";
import { Composer, type CST, type Document, LineCounter, Parser } from "yaml";
import type { YamlFault } from "./describe-yaml-error.ts";

export type ComposedYaml = {
  /** `null` when the text is too deep, or too much, to be composed. */
  readonly document: Document.Parsed | null;
  readonly errors: readonly PlacedFault[];
  readonly lines: LineCounter;
};

export type PlacedFault = {
  readonly fault: YamlFault;
  readonly offset: number;
  /** Where it lies in the value, when that is known. */
  readonly at?: FindingPath;
};

export const DEPTH_MAX = 40;
/** Documents, and comments and empty lines before them. */
const TOKENS_MAX = 1000;

/**
 * YAML text as one document, its errors beside it.
 *
 * The package composes by recursion. Where the stack ends in the middle of it, V8 may have a regular expression to
 * compile and then ends the process, which no `catch` keeps it from. So the depth is measured first, on the tokens,
 * which are made without recursion.
 */
export function composeYaml(text: string): ComposedYaml {
  const lines = new LineCounter();
  const tokens: CST.Token[] = [];
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    tokens.push(token);
    if (tokens.length > TOKENS_MAX) return refuse("TOO_MANY_PARTS", token.offset, lines);
  }
  const deepOffset = findDeeper(tokens, DEPTH_MAX);
  if (deepOffset !== null) return refuse("TOO_DEEP", deepOffset, lines);
  // Repeated keys are found by the walk over the values: the package compares each with each.
  const composer = new Composer({
    uniqueKeys: false,
    stringKeys: true,
    resolveKnownTags: false,
    schema: "core",
    version: "1.2",
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const [document = null, second] = documents;
  const errors: PlacedFault[] = [...(document?.errors ?? []), ...(document?.warnings ?? [])].map(
    ({ code, pos: [offset] }) => ({ fault: code, offset }),
  );
  if (second !== undefined) errors.push({ fault: "MULTIPLE_DOCS", offset: second.range[0] });
  return { document, errors, lines };
}

function refuse(fault: YamlFault, offset: number, lines: LineCounter): ComposedYaml {
  return { document: null, errors: [{ fault, offset }], lines };
}

/** Where something lies deeper than that, or `null`. */
function findDeeper(tokens: readonly CST.Token[], depthMax: number): number | null {
  const left = tokens.map((token) => ({ token, depth: 1 }));
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { token, depth } = next;
    if (depth > depthMax) return token.offset;
    for (const inner of innerTokens(token)) left.push({ token: inner, depth: depth + 1 });
  }
  return null;
}

function innerTokens(token: CST.Token): readonly CST.Token[] {
  if (token.type === "document") return token.value === undefined ? [] : [token.value];
  if (!("items" in token)) return [];
  return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat());
}
