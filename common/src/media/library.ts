import type { Content } from "./content.ts";
import type { StoredTaskSequence } from "./task-sequence.ts";

/** What a definition may refer to. Values of secrets are no part of it. */
export type Library = {
  /** By name. */
  readonly contents: ReadonlyMap<string, Content>;
  readonly secretNames: ReadonlySet<string>;
  /** Why a secret is too weak to be a media password; those that are strong enough are not in it. */
  readonly weakSecrets: ReadonlyMap<string, string>;
  /** The newest revision of each, by name. */
  readonly taskSequences: ReadonlyMap<string, StoredTaskSequence>;
  /** Beside "local", which is always there. */
  readonly pointNames: ReadonlySet<string>;
};
