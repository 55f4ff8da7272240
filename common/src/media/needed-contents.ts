import type { MediaDefinition } from "./definition.ts";
import type { Library } from "./library.ts";
import { referencesOf } from "./references.ts";

/**
 * Names of all contents that must be where the media are made and used: what lies on the stick, and what its task sequence
 * will fetch. Each once, in the order of the definition; names that are not known are among them.
 */
export function neededContents(
  definition: MediaDefinition,
  { taskSequences }: Pick<Library, "taskSequences">,
): readonly string[] {
  const names = referencesOf(definition).flatMap((reference) => {
    // A private key stays with the controller: its copy for the stick is sealed before it leaves.
    if (reference.kind === "secret" || reference.kind === "file") return [];
    if (reference.kind === "distributionPoint") return [];
    if (reference.kind === "taskSequence") return taskSequences.get(reference.name)?.packages ?? [];
    return [reference.name];
  });
  return [...new Set(names)];
}
