import { escapeUnsafe } from "@stickfarm/common/sanitize-text";
import { Document, isScalar, visit } from "yaml";

export const OUTPUT_FORMATS = ["table", "json", "yaml"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** One JSON document over several lines; what is not set is `null`, so that a reader meets the same keys every time. */
export function renderJson(value: unknown): string {
  return `${escapeUnsafe(JSON.stringify(toPlain(value), null, 2))}\n`;
}

/** One JSON document on one line, for streams. */
export function renderJsonLine(value: unknown): string {
  return `${escapeUnsafe(JSON.stringify(toPlain(value)))}\n`;
}

/** One YAML document. Text that could steer a terminal is double-quoted and escaped. */
export function renderYaml(value: unknown): string {
  const document = new Document(toPlain(value), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (
        isScalar(node) &&
        typeof node.value === "string" &&
        escapeUnsafe(node.value) !== node.value
      )
        node.type = "QUOTE_DOUBLE";
    },
  });
  return escapeUnsafe(document.toString({ lineWidth: 0 }));
}

/** `undefined` becomes `null`; objects are copied, so that YAML needs no aliases. */
function toPlain(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, toPlain(field)]));
}
