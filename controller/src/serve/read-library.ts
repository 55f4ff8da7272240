import type { Library } from "@stickfarm/common/media/library";
import type { StoredTaskSequence } from "@stickfarm/common/media/task-sequence";
import { whyPasswordWeak } from "@stickfarm/common/media/why-password-weak";
import { readTaskSequence } from "../compile/read-definition.ts";
import type { Farm } from "./farm.ts";

/** What definitions may name today. */
export async function readLibrary(farm: Farm): Promise<Library> {
  const contents = await farm.store.contents.list();
  const secrets = await farm.store.secrets.list();
  const points = await farm.store.points.list();
  return {
    contents: new Map(contents.map((content) => [content.name, content])),
    pointNames: new Set(points.map(({ name }) => name)),
    secretNames: new Set(secrets.map(({ name }) => name)),
    weakSecrets: await findWeakSecrets(
      farm,
      secrets.map(({ name }) => name),
    ),
    taskSequences: await readTaskSequences(farm),
  };
}

/** What cannot be opened, or is no text, is said of when it is used. */
async function findWeakSecrets(
  farm: Farm,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const weak = new Map<string, string>();
  for (const name of names) {
    const entry = await farm.store.secrets.find(name);
    if (entry === null) continue;
    const secret = farm.secretBox.open({ name, version: entry.version }, entry.sealed);
    const text = secret.ok ? secret.value.revealText() : null;
    const why = text === null ? null : whyPasswordWeak(text);
    if (why !== null) weak.set(name, why);
  }
  return weak;
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
