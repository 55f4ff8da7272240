import { expect, test } from "vitest";
import { definitionSchema } from "./definition-schema.ts";
import { valueAt } from "./value-at.ts";

test("definitionSchema() has one alternative a kind, each told by its kind", () => {
  const kinds = [0, 1, 2].map((at) =>
    valueAt(definitionSchema(), ["oneOf", at, "properties", "kind", "const"]),
  );
  expect(kinds).toEqual(["BootableMedia", "DiskImage", "TaskSequence"]);
  expect(valueAt(definitionSchema(), ["oneOf", 3])).toBeUndefined();
});

test("definitionSchema() describes every field, and allows no other", () => {
  const missing: string[] = [];
  const open: string[] = [];
  walk(definitionSchema(), "", (schema, path) => {
    const properties = Object.entries(schema["properties"] ?? {});
    if (properties.length > 0 && schema["additionalProperties"] !== false) open.push(path);
    for (const [key, field] of properties) {
      const { description, const: constant, enum: choices } = field as Record<string, unknown>;
      const isWord = /^(apiVersion|kind)$/.test(key) && (constant ?? choices) !== undefined;
      if (typeof description !== "string" && !isWord) missing.push(`${path}.${key}`);
    }
  });
  expect(open).toEqual([]);
  expect(missing).toEqual([]);
});

function walk(
  value: unknown,
  path: string,
  visit: (schema: Record<string, unknown>, path: string) => void,
): void {
  if (typeof value !== "object" || value === null) return;
  visit(value as Record<string, unknown>, path);
  for (const [key, member] of Object.entries(value)) walk(member, `${path}/${key}`, visit);
}
