import { z } from "zod";
import { BootableMediaShape, DiskImageShape } from "./definition-shape.ts";
import { TaskSequenceShape } from "./task-sequence-shape.ts";

const SHAPES = [
  [
    "BootableMedia",
    "A stick or disc, composed from a boot image, files and settings",
    BootableMediaShape,
  ],
  ["DiskImage", "A raw image, written as it is", DiskImageShape],
  ["TaskSequence", "What media point at: the content that a task sequence uses", TaskSequenceShape],
] as const;

/** JSON Schema as far as it is looked into here. */
export type JsonSchema = { readonly [key: string]: unknown };

/**
 * The YAML contract for editors and other programs: keys, types, words, defaults and patterns. What values may stand
 * together, and whether names exist, only `stickfarm media check` knows.
 *
 * Source: JSON Schema draft 7, which editors' YAML support understands.
 */
export function definitionSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "stickfarm definition",
    description: "A file for `stickfarm media apply` or `stickfarm task-sequence apply`",
    oneOf: SHAPES.map(([kind, description, shape]) => {
      const { $schema: _, ...schema } = z.toJSONSchema(shape, { target: "draft-7", io: "input" });
      const { properties, ...rest } = schema;
      return {
        title: kind,
        description,
        ...rest,
        // Each alternative is told by its kind, so that an editor reports against the one that was meant.
        properties: { ...properties, kind: { type: "string", const: kind } },
      };
    }),
  };
}
