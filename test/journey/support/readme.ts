import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./shell.ts";

export async function readReadme(): Promise<string> {
  return await readFile(join(ROOT, "README.md"), "utf8");
}

/** The text under a heading, up to the next one of its level. */
export function sectionOf(markdown: string, heading: string): string {
  const [, rest] = `\n${markdown}`.split(`\n${heading}\n`);
  if (rest === undefined) throw new Error(`README.md has no heading "${heading}"`);
  const level = heading.split(" ")[0] ?? "";
  return rest.split(`\n${level} `)[0] ?? "";
}

/** Bodies of the fenced blocks of a language, in order. */
export function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, found, body]) =>
    found === language && body !== undefined ? [body] : [],
  );
}
