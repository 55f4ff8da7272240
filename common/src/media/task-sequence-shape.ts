import { z } from "zod";
import { API_VERSION } from "./api-version.ts";
import { type Draft, MetadataShape } from "./definition-shape.ts";

/** The YAML of a task sequence: which keys there are and of what type; what they mean is in `task-sequence.ts`. */
export const TaskSequenceShape = z.strictObject({
  apiVersion: z.enum([API_VERSION]),
  kind: z.enum(["TaskSequence"]),
  metadata: MetadataShape,
  spec: z.strictObject({
    packages: z.array(z.string()).optional(),
    preferredDeployment: z.string().optional(),
  }),
});

export type TaskSequenceText = z.output<typeof TaskSequenceShape>;
export type TaskSequenceDraft = Draft<TaskSequenceText>;
