import type { Metadata } from "./definition.ts";

/**
 * What a stick points at: a task sequence that a site runs, as far as media have to know it. The task sequence itself is
 * never on the stick; the content that it uses must be where the target computer can fetch it.
 */
export type TaskSequence = {
  readonly kind: "TaskSequence";
  readonly metadata: Metadata;
  readonly spec: TaskSequenceSpec;
};

type TaskSequenceSpec = {
  /** Names of contents that it uses, in order. */
  readonly packages: readonly string[];
  /** Id of the deployment that is started without a question; `null`: the site's list is shown. */
  readonly preferredDeployment: string | null;
};

/** A stored revision, as definitions refer to it by name. */
export type StoredTaskSequence = TaskSequenceSpec & {
  readonly name: string;
  /** Counts from 1. */
  readonly revision: number;
  /** SHA-256 of its digest text, lower-case hex. */
  readonly digest: string;
};
