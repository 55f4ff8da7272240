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
  return readTable(HEAD).map(([option = "", field = "", place = "", tests = ""]) => ({
    option,
    field: field.replaceAll("`", ""),
    place,
    tests: parseNamedTests(tests),
  }));
}

/** Rows of README's table with this head, cell by cell; none when there is no such table. */
export function readTable(head: string): readonly (readonly string[])[] {
  const lines = readFileSync(join(ROOT, "README.md"), "utf8").split("\n");
  const at = lines.indexOf(head);
  if (at === -1) return [];
  const rows = lines.slice(at + 2, lines.indexOf("", at));
  return rows.map((row) => row.replace(/^\| | \|$/g, "").split(" | "));
}

/** Tests as a cell names them: file in backticks, part of the name in quotes. */
export function parseNamedTests(cell: string): readonly NamedTest[] {
  const named = cell.matchAll(/`([^`]+)` “([^”]+)”/g);
  return [...named].map(([, path = "", name = ""]) => ({ path, name }));
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
