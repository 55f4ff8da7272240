import { invariant } from "./invariant.ts";

/**
 * JSON text that is the same for the same value, so that its digest names the value: keys in order of UTF-16 units, no
 * spaces, numbers as ECMAScript writes them.
 *
 * Shape:  null, booleans, finite numbers, text, arrays and plain objects; anything else is a broken promise. A key whose
 *         value is `undefined` is left out, as JSON does.
 * Source: RFC 8785 (JCS).
 */
export function renderCanonicalJson(value: unknown): string {
  return render(value, (items) => items.join(","), ":");
}

/** The same order for people to read: two spaces a level, a line end at the end. */
export function renderPrettyJson(value: unknown): string {
  return `${render(value, indented, ": ")}\n`;
}

function indented(items: readonly string[]): string {
  return items.length === 0 ? "" : `\n${items.join(",\n")}`.replaceAll("\n", "\n  ").concat("\n");
}

function render(value: unknown, list: (items: readonly string[]) => string, colon: string): string {
  if (value === null || typeof value === "string" || typeof value === "boolean") {
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    invariant(Number.isFinite(value), "a number of canonical JSON is finite");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${list(value.map((item) => render(item, list, colon)))}]`;
  }
  const members = membersOf(value).map(
    ([key, member]) => `${JSON.stringify(key)}${colon}${render(member, list, colon)}`,
  );
  return `{${list(members)}}`;
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  invariant(
    typeof value === "object" && value !== null && isPlain(value),
    "canonical JSON holds plain objects, arrays, text, numbers, booleans and null",
  );
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
