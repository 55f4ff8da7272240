import { BootableMediaShape, DiskImageShape } from "@stickfarm/common/media/definition-shape";
import { expect, test } from "vitest";
import { readOptions, readTestNames } from "./read-options.ts";

const OPTIONS = readOptions();

test("README's table has every field of a definition, each once, and no other", () => {
  const fields = [...new Set([...fieldsOf(BootableMediaShape), ...fieldsOf(DiskImageShape)])];
  expect(OPTIONS.map(({ field }) => field).sort()).toEqual(fields.sort());
});

test("README's table says of every option where it lies", () => {
  expect(OPTIONS.filter(({ option, place }) => option === "" || place === "")).toEqual([]);
});

test("README's table names tests that there are, at least one for each option", () => {
  const untested = OPTIONS.filter(({ tests }) => tests.length === 0).map(({ field }) => field);
  const unknown = OPTIONS.flatMap(({ tests }) => tests).filter(
    ({ path, name }) => !readTestNames(path).some((known) => known.includes(name)),
  );
  expect({ untested, unknown }).toEqual({ untested: [], unknown: [] });
});

test("readTestNames() reads names on the line of the test and below it, and none of a file that is not there", () => {
  expect(readTestNames("test/readme/options.test.ts")).toContain(
    "README's table says of every option where it lies",
  );
  expect(readTestNames("test/journey/images.test.ts").length).toBeGreaterThan(3);
  expect(readTestNames("test/none.test.ts")).toEqual([]);
});

/** A schema of zod as far as it is looked at here. */
type Schema = { readonly def: SchemaDef };
type SchemaDef = {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly innerType?: Schema;
  readonly element?: Schema;
};

/** Dotted names of everything that holds a value: "spec.files[].at". Lists of plain values are one field. */
function fieldsOf(schema: unknown, at = ""): readonly string[] {
  const { def } = schema as Schema;
  if (def.innerType !== undefined) return fieldsOf(def.innerType, at);
  if (def.shape !== undefined)
    return Object.entries(def.shape).flatMap(([key, inner]) =>
      fieldsOf(inner, at === "" ? key : `${at}.${key}`),
    );
  const element = def.element === undefined ? [] : fieldsOf(def.element, `${at}[]`);
  return element.some((field) => field.startsWith(`${at}[].`)) ? element : [at];
}
