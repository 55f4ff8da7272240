import type { Content } from "./content.ts";

/** What a definition may refer to. Values of secrets are no part of it. */
export type Library = {
  /** By name. */
  readonly contents: ReadonlyMap<string, Content>;
  readonly secretNames: ReadonlySet<string>;
};
