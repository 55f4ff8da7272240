import type { FindingPath } from "./finding.ts";

/** What lies at a path, or `undefined`. */
export function valueAt(root: unknown, path: FindingPath): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.getOwnPropertyDescriptor(value, part)?.value;
  }, root);
}

/** A copy in which what lay at these paths is `undefined`; keys and indices stay. */
export function withoutValues(root: unknown, paths: readonly FindingPath[]): unknown {
  return copy(root, "", new Set(paths.map(pathKey)));
}

function copy(value: unknown, key: string, dropped: ReadonlySet<string>): unknown {
  if (dropped.has(key)) return undefined;
  if (Array.isArray(value))
    return value.map((item, index) => copy(item, key + part(index), dropped));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, copy(member, key + part(name), dropped)]),
  );
}

/** Text that is equal for equal paths alone. */
export function pathKey(path: FindingPath): string {
  return path.map(part).join("");
}

function part(step: string | number): string {
  return `${JSON.stringify(step)},`;
}
