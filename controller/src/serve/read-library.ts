import type { Library } from "@stickfarm/common/media/library";
import type { Farm } from "./farm.ts";

/** What definitions may name today. */
export async function readLibrary(farm: Farm): Promise<Library> {
  const contents = await farm.store.contents.list();
  const secrets = await farm.store.secrets.list();
  return {
    contents: new Map(contents.map((content) => [content.name, content])),
    secretNames: new Set(secrets.map(({ name }) => name)),
  };
}
