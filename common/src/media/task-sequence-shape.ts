import { z } from "zod";
import { API_VERSION } from "./api-version.ts";
import { MetadataShape } from "./definition-shape.ts";
import type { Draft } from "./draft.ts";

/** The YAML of a task sequence: which keys there are and of what type; what they mean is in `task-sequence.ts`. */
export const TaskSequenceShape = z.strictObject({
  apiVersion: z.enum([API_VERSION]),
  kind: z.enum(["TaskSequence"]),
  metadata: MetadataShape,
  spec: z
    .strictObject({
      packages: z.array(z.string()).optional().meta({
        description: "Names of the contents that it uses",
        default: [],
      }),
      preferredDeployment: z
        .string()
        .optional()
        .meta({
          description: "Id of the deployment that is started without a question",
          pattern: "^[A-Z0-9]{3}[0-9A-F]{5}$",
          examples: ["P0120012"],
        }),
    })
    .meta({ description: "What it uses, and what it starts" }),
});

export type TaskSequenceText = z.output<typeof TaskSequenceShape>;
export type TaskSequenceDraft = Draft<TaskSequenceText>;
