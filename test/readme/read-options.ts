import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A row of README's table of options. */
export type OptionRow = {
  readonly option: string;
  /** "spec.files[].at" */
  readonly field: string;
  readonly place: string;
  readonly tests: readonly NamedTest[];
};

export type NamedTest = {
  readonly path: string;
  /** Part of the test's name. */
  readonly name: string;
};

const ROOT = join(import.meta.dirname, "../..");
const HEAD = "| option of the wizard | field | where it lies afterwards | proven by |";

export function readOptions(): readonly OptionRow[] {
  const lines = readFileSync(join(ROOT, "README.md"), "utf8").split("\n");
  const from = lines.indexOf(HEAD) + 2;
  const end = lines.indexOf("", from);
  return lines.slice(from, end).map((line) => {
    const [option = "", field = "", place = "", tests = ""] = line.split(" | ");
    return {
      option: option.replace(/^\| /, ""),
      field: field.replaceAll("`", ""),
      place,
      tests: [...tests.matchAll(/`([^`]+)` “([^”]+)”/g)].map(([, path = "", name = ""]) => ({
        path,
        name,
      })),
    };
  });
}

/** Names of all tests in a file, as they are written there. */
export function readTestNames(path: string): readonly string[] {
  try {
    const text = readFileSync(join(ROOT, path), "utf8");
    // A table of cases may stand between the word and the name: test.each([...])("name", ...).
    const names = text.matchAll(/(?:\btest(?:\.\w+)?|\))\(\s*("(?:[^"\\]|\\.)*"|`[^`]*`)/g);
    return [...names].map(([, name = ""]) => name.slice(1, -1));
  } catch {
    return [];
  }
}
