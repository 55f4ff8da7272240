import type { Library } from "@stickfarm/common/media/library";
import type { StoredTaskSequence } from "@stickfarm/common/media/task-sequence";
import { whyPasswordWeak } from "@stickfarm/common/media/why-password-weak";
import { readPasswordName, readTaskSequence } from "../compile/read-definition.ts";
import type { Farm } from "./farm.ts";

/** What definitions may name today, and how strong the media password is that this one names. */
export async function readLibrary(farm: Farm, yaml: string): Promise<Library> {
  const contents = await farm.store.contents.list();
  const secrets = await farm.store.secrets.list();
  const points = await farm.store.points.list();
  return {
    contents: new Map(contents.map((content) => [content.name, content])),
    pointNames: new Set(points.map(({ name }) => name)),
    secretNames: new Set(secrets.map(({ name }) => name)),
    weakSecrets: await judgePassword(farm, readPasswordName(yaml)),
    taskSequences: await readTaskSequences(farm),
  };
}

/**
 * Only the one secret is opened: each that is opened is looked for in every line of the log from then on. What cannot be
 * opened, or is no text, is said of when it is used.
 */
async function judgePassword(
  farm: Farm,
  name: string | null,
): Promise<ReadonlyMap<string, string>> {
  const entry = name === null ? null : await farm.store.secrets.find(name);
  if (name === null || entry === null) return new Map();
  const secret = farm.secretBox.open({ name, version: entry.version }, entry.sealed);
  const text = secret.ok ? secret.value.revealText() : null;
  const why = text === null ? null : whyPasswordWeak(text);
  return why === null ? new Map() : new Map([[name, why]]);
}

async function readTaskSequences(farm: Farm): Promise<ReadonlyMap<string, StoredTaskSequence>> {
  const taskSequences = new Map<string, StoredTaskSequence>();
  for (const { name, revision, digest, yaml } of await farm.store.taskSequences.list()) {
    // What it names is looked up when it is used.
    const { definition } = readTaskSequence(yaml, { library: null });
    if (definition !== null)
      taskSequences.set(name, { name, revision, digest, ...definition.spec });
  }
  return taskSequences;
}
