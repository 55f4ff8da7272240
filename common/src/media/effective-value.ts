import { definitionSchema, type JsonSchema } from "./definition-schema.ts";
import { valueAt } from "./value-at.ts";

/**
 * What a definition says with every default written out, in the keys of the YAML: so that a default that one revision
 * leaves out and another writes is no difference. Anything that is no definition comes back as it is.
 */
export function effectiveValue(raw: unknown): unknown {
  const kind = valueAt(raw, ["kind"]);
  const shapes = definitionSchema()["oneOf"];
  const shape = Array.isArray(shapes) ? shapes.find(({ title }) => title === kind) : undefined;
  return isMapping(shape) ? fill(raw, shape) : raw;
}

function fill(value: unknown, schema: JsonSchema): unknown {
  if (value === undefined && schema["default"] !== undefined) return schema["default"];
  if (isMapping(schema["properties"])) return fillMapping(value, schema, schema["properties"]);
  const { items } = schema;
  if (Array.isArray(value) && isMapping(items)) return value.map((item) => fill(item, items));
  return value;
}

function fillMapping(value: unknown, schema: JsonSchema, properties: JsonSchema): unknown {
  // A part with a required key is there only when somebody wrote it.
  if (value === undefined && schema["required"] !== undefined) return undefined;
  if (value !== undefined && !isMapping(value)) return value;
  const written = value ?? {};
  const filled = Object.entries(properties).flatMap(([key, property]) => {
    if (key in written || !isMapping(property)) return [];
    const member = fill(undefined, property);
    return member === undefined ? [] : [[key, member] as const];
  });
  const kept = Object.entries(written).map(([key, member]) => {
    const property = properties[key];
    return [key, isMapping(property) ? fill(member, property) : member] as const;
  });
  const all = [...kept, ...filled];
  return value === undefined && all.length === 0 ? undefined : Object.fromEntries(all);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
