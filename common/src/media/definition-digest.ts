import { renderCanonicalJson } from "../canonical-json.ts";
import { API_VERSION } from "./api-version.ts";
import type { MediaDefinition } from "./definition.ts";
import type { TaskSequence } from "./task-sequence.ts";

/**
 * The text whose SHA-256 names a revision: effective values in canonical JSON. Comments, order and defaults written out
 * make no other revision; anything that changes the stick, or what is said about it, does.
 */
export function definitionDigestText(definition: MediaDefinition | TaskSequence): string {
  return renderCanonicalJson({ apiVersion: API_VERSION, ...definition });
}
