import { type FindingPath, renderPath } from "./finding.ts";

/** One field that differs; `undefined` where it is not there. */
export type FieldChange = {
  /** "spec.customization.variables[OSDTimeZone].value" */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
};

/**
 * Every field that differs between two plain values, by path, in the order of the first. Lists of things with names are
 * compared by name, so that one more in front is one change; all other lists by position, because their order counts.
 */
export function diffValues(before: unknown, after: unknown): readonly FieldChange[] {
  return diffAt([], before, after);
}

type Keyed = ReadonlyMap<string | number, unknown>;

function diffAt(at: FindingPath, before: unknown, after: unknown): readonly FieldChange[] {
  if (before === after) return [];
  const [one, other] = [partsOf(before), partsOf(after)];
  const isList = Array.isArray(before ?? after);
  const isComparable =
    (one !== null || before === undefined) &&
    (other !== null || after === undefined) &&
    (before === undefined || after === undefined || isList === Array.isArray(after));
  if (!isComparable) return [{ path: renderPath(at), before, after }];
  const keys = [...new Set([...(one ?? new Map()).keys(), ...(other ?? new Map()).keys()])];
  // Nothing in it on either side, and yet it is there on one only.
  if (keys.length === 0 && (before === undefined || after === undefined)) {
    return [{ path: renderPath(at), before, after }];
  }
  const changes = keys.flatMap((key) => diffAt([...at, key], one?.get(key), other?.get(key)));
  return [...changes, ...orderChange(at, one, other)];
}

/** The same names in another order: for task sequence variables the order is part of what is said. */
function orderChange(
  at: FindingPath,
  one: Keyed | null,
  other: Keyed | null,
): readonly FieldChange[] {
  const common = (keys: Keyed | null, also: Keyed | null) =>
    [...(keys?.keys() ?? [])].filter((key) => also?.has(key) === true && isNamed(keys?.get(key)));
  const [before, after] = [common(one, other), common(other, one)];
  if (before.join("\n") === after.join("\n")) return [];
  return [{ path: `${renderPath(at)} (order)`, before, after }];
}

/** `null` when there is nothing inside of it. */
function partsOf(value: unknown): Keyed | null {
  if (Array.isArray(value)) {
    const names = value.map(nameOf);
    const isKeyed = names.every((name) => name !== null) && new Set(names).size === value.length;
    return new Map(value.map((item, index) => [isKeyed ? (names[index] ?? index) : index, item]));
  }
  if (typeof value !== "object" || value === null) return null;
  return new Map(Object.entries(value));
}

function nameOf(item: unknown): string | null {
  if (typeof item !== "object" || item === null || !("name" in item)) return null;
  return typeof item.name === "string" ? item.name : null;
}

function isNamed(item: unknown): boolean {
  return nameOf(item) !== null;
}
