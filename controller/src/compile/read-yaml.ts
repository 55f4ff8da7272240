import type { FindingPath } from "@stickfarm/common/media/finding";
import { pathKey } from "@stickfarm/common/media/value-at";
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { composeYaml, DEPTH_MAX, type PlacedFault } from "./compose-yaml.ts";
import { describeYamlError, type YamlWords } from "./describe-yaml-error.ts";

/**
 * YAML text as a plain value, with the place of everything in it.
 *
 * The tree is turned into values here and not by the package: its own conversion throws for an alias without anchor and
 * takes minutes for nested keys of a few KiB, its search for repeated keys takes seconds. Here each node is visited
 * once, to a bounded depth and number, and a repeated key has a place.
 */
export type YamlText = {
  /** `undefined` when nothing could be read. */
  readonly value: unknown;
  readonly errors: readonly YamlError[];
  /** Of the deepest part of the path that is there. */
  readonly placeOf: (at: FindingPath, part: "key" | "value") => Place;
};

/** Both count from 1. */
export type Place = { readonly line: number; readonly column: number };

/** What keeps a text from being YAML, or from being YAML that we take. */
export type YamlError = Place & YamlWords & { readonly at: FindingPath };

export const DEFINITION_BYTES_MAX = 256 * 1024;
const NODES_MAX = 20_000;
const ALIASES_MAX = 100;

export function readYaml(text: string): YamlText {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > DEFINITION_BYTES_MAX) return tooLarge(bytes);
  const { document, errors, lines } = composeYaml(text);
  const walk = newWalk();
  const value = document === null ? undefined : plainValue(document.contents, [], walk);
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  return {
    value,
    errors: [...errors, ...walk.faults].map(({ fault, offset, at = [] }) => ({
      ...describeYamlError(fault),
      at,
      ...place(offset),
    })),
    placeOf: (at, part) => place(offsetOf(walk, at, part)),
  };
}

type Walk = {
  readonly spots: Map<string, Spot>;
  readonly anchors: Map<string, unknown>;
  readonly faults: PlacedFault[];
  nodeCount: number;
  aliasCount: number;
};

type Spot = { readonly keyOffset: number; readonly valueOffset: number };

function newWalk(): Walk {
  return { spots: new Map(), anchors: new Map(), faults: [], nodeCount: 0, aliasCount: 0 };
}

function plainValue(node: unknown, at: FindingPath, walk: Walk): unknown {
  walk.nodeCount += 1;
  if (walk.nodeCount === NODES_MAX + 1)
    walk.faults.push({ fault: "TOO_MANY_PARTS", offset: startOf(node), at });
  if (walk.nodeCount > NODES_MAX) return null;
  if (at.length > DEPTH_MAX) {
    walk.faults.push({ fault: "TOO_DEEP", offset: startOf(node), at });
    return null;
  }
  if (isAlias(node)) return aliasOf(node, at, walk);
  if (isMap(node)) return mappingOf(node, at, walk);
  if (isSeq(node)) return listOf(node, at, walk);
  if (!isScalar(node)) return null;
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  return node.value;
}

function mappingOf(node: YAMLMap, at: FindingPath, walk: Walk): unknown {
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  const members = new Map<string, unknown>();
  for (const pair of node.items) {
    const key = keyOf(pair);
    // The package has reported what is not text.
    if (key === null) continue;
    const keyOffset = startOf(pair.key);
    if (members.has(key)) {
      walk.faults.push({ fault: "DUPLICATE_KEY", offset: keyOffset, at: [...at, key] });
      continue;
    }
    const path = [...at, key];
    note(walk, path, { keyOffset, valueOffset: valueOffsetOf(pair, keyOffset) });
    members.set(key, plainValue(pair.value, path, walk));
  }
  return Object.fromEntries(members);
}

function listOf(node: YAMLSeq, at: FindingPath, walk: Walk): unknown {
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  return node.items.map((item, index) => {
    const path = [...at, index];
    const offset = startOf(item);
    note(walk, path, { keyOffset: offset, valueOffset: offset });
    return plainValue(item, path, walk);
  });
}

function aliasOf(node: Alias, at: FindingPath, walk: Walk): unknown {
  walk.aliasCount += 1;
  if (walk.aliasCount === ALIASES_MAX + 1) {
    walk.faults.push({ fault: "TOO_MANY_ALIASES", offset: startOf(node), at });
  }
  if (walk.aliasCount > ALIASES_MAX) return null;
  const anchored = walk.anchors.get(node.source);
  if (anchored !== undefined) return plainValue(anchored, at, walk);
  walk.faults.push({ fault: "BAD_ALIAS", offset: startOf(node), at });
  return null;
}

function keyOf({ key }: Pair): string | null {
  return isScalar(key) && typeof key.value === "string" ? key.value : null;
}

function note(walk: Walk, path: FindingPath, spot: Spot): void {
  const key = pathKey(path);
  if (!walk.spots.has(key)) walk.spots.set(key, spot);
}

function startOf(node: unknown, otherwise = 0): number {
  const hasRange = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return hasRange ? (node.range?.[0] ?? otherwise) : otherwise;
}

/** A mapping or a list is best pointed at by its key. */
function valueOffsetOf({ value }: Pair, keyOffset: number): number {
  return isMap(value) || isSeq(value) ? keyOffset : startOf(value, keyOffset);
}

/** What is missing is missed where its parent stands. */
function offsetOf(walk: Walk, at: FindingPath, part: "key" | "value"): number {
  for (let length = at.length; length > 0; length--) {
    const spot = walk.spots.get(pathKey(at.slice(0, length)));
    if (spot === undefined) continue;
    return part === "key" || length < at.length ? spot.keyOffset : spot.valueOffset;
  }
  return 0;
}

function tooLarge(bytes: number): YamlText {
  const rule = `has ${bytes} bytes, at most ${DEFINITION_BYTES_MAX} are possible`;
  const remedy = "Check that this is a definition";
  return {
    value: undefined,
    errors: [{ ruleId: "yaml-too-large", rule, remedy, at: [], line: 1, column: 1 }],
    placeOf: () => ({ line: 1, column: 1 }),
  };
}
