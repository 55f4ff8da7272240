/**
 * The laws of the tree, checked on every run. Idea: TigerBeetle's `src/tidy.zig`. A law that no test checks is a wish:
 * add it here before it is written anywhere else. Exceptions are tables below, each with its reason, and an exception
 * that is no longer needed fails too.
 */

import { dirname } from "node:path";
import { isProblemCode, PROBLEMS } from "@stickfarm/common/problem";
import { expect, test } from "vitest";
import * as banned from "./tidy/find-banned.ts";
import { findCycles } from "./tidy/find-cycles.ts";
import { findGlobals, findImpure } from "./tidy/find-impure.ts";
import { FILE_LINES_MAX, FUNCTION_LINES_MAX, findLong } from "./tidy/find-long.ts";
import { findForbiddenImports, LAYERS, layerOf } from "./tidy/layers.ts";
import { findBadDetails, holdsCode, listStrings } from "./tidy/problem-use.ts";
import { readTree, type SourceFile } from "./tidy/read-tree.ts";

/** Longer than the tripwire, and better so. Key: path, or path and function. */
const LONG: Readonly<Record<string, string>> = {
  "common/src/problem.ts": "a table, one row for each problem",
  "controller/src/compile/rule-fixture.ts": "a table, one definition for each rule",
};

/** Pure files whose tests are elsewhere. */
const UNTESTED: Readonly<Record<string, string>> = {
  "common/src/assert-never.ts": "two lines; every switch uses it and the compiler checks it",
  "common/src/invariant.ts": "two lines; the tests of its callers see it throw",
  "common/src/result.ts": "two constructors; every test uses them",
};

/** The only places that start other programs. */
const STARTS_PROGRAMS: Readonly<Record<string, string>> = {
  "agent/src/drive/lock-drive.ts": "flock, which Node cannot call",
  "agent/src/drive/run-drive-child.ts": "one child for each look at a drive, which may hang",
  "agent/src/write/start-writer.ts": "one child for each active drive",
  "common/src/rim/run-tool.ts": "programs from the table of tools",
  "controller/src/cli/demo/launch.ts":
    "the demo's controller and agents, as an operator starts them",
  "controller/src/nats/run-nats-server.ts": "the embedded message server",
};

/** The only files with tests that a machine may lack the means for; each says which. */
const MAY_SKIP = /^test\/(lab|bench|journey|workstation)\/|^agent\/src\/(drive|run|write)\//;

const tree = readTree();
const written = tree.filter(({ path }) => !path.startsWith("proto/gen/"));
const programs = written.filter(({ path, isTest }) => !isTest && !path.startsWith("test/"));
const pure = programs.filter(({ path }) => layerOf(path)?.pure);
const outside = (place: RegExp): SourceFile[] => written.filter(({ path }) => !place.test(path));

test("tidy: no layer imports what it must not, and no file is without a layer", () => {
  expect(tree.flatMap(findForbiddenImports)).toEqual([]);
});

test("tidy: no program uses what is made for tests", () => {
  const testing = new Set(tree.filter(({ isTest }) => isTest).map(({ path }) => path));
  const found = programs.flatMap(({ path, imports }) =>
    imports.filter(({ target }) => testing.has(target ?? "")).map(({ line }) => `${path}:${line}`),
  );
  expect(found).toEqual([]);
});

test("tidy: the table of layers names only layers that exist", () => {
  const names = LAYERS.map(({ name }) => name);
  expect(LAYERS.flatMap(({ layers }) => layers).filter((name) => !names.includes(name))).toEqual(
    [],
  );
});

test("tidy: imports form no cycle", () => {
  expect(findCycles(tree)).toEqual([]);
});

test(`tidy: files hold at most ${FILE_LINES_MAX} lines, functions ${FUNCTION_LINES_MAX}`, () => {
  const long = written.flatMap(findLong);
  expect(long.filter(({ key }) => !(key in LONG))).toEqual([]);
  expect(Object.keys(LONG).filter((key) => !long.some((found) => found.key === key))).toEqual([]);
});

test("tidy: pure layers read no clock, no dice, no process", () => {
  expect(pure.flatMap(findImpure)).toEqual([]);
});

test("tidy: each pure file has a test beside it: of its name, or one that imports it", () => {
  const tests = written.filter(({ path }) => path.endsWith(".test.ts"));
  const tested = new Set(
    tests.flatMap(({ path, imports }) => [
      path.replace(/(\.[a-z]+)?\.test\.ts$/, ".ts"),
      ...imports.flatMap(({ target }) => (isBeside(path, target ?? "") ? (target ?? "") : [])),
    ]),
  );
  const without = pure.filter((file) => holdsCode(file) && !tested.has(file.path));
  const paths = without.map(({ path }) => path);
  expect(paths.filter((path) => !(path in UNTESTED))).toEqual([]);
  expect(Object.keys(UNTESTED).filter((path) => !paths.includes(path))).toEqual([]);
});

/** In the same folder or below it. */
function isBeside(test: string, target: string): boolean {
  return target.startsWith(`${dirname(test)}/`);
}

test("tidy: no notes to oneself, no switched-off checks", () => {
  expect(written.flatMap(banned.findNotes)).toEqual([]);
  expect(written.flatMap(banned.findAny)).toEqual([]);
});

test("tidy: a cast outside of wire and tests has a reason beside it", () => {
  const bound = programs.filter(({ path }) => !path.startsWith("common/src/wire/"));
  expect(bound.flatMap(banned.findUnreasonedCasts)).toEqual([]);
});

test("tidy: no test is switched off, and what a machine lacks is said", () => {
  expect(written.flatMap(banned.findSkippedTests)).toEqual([]);
  expect(written.flatMap(banned.findSilentSkips)).toEqual([]);
  expect(outside(MAY_SKIP).flatMap((file) => banned.findIdentifiers(file, /^skip$/))).toEqual([]);
});

test("tidy: no default exports, no barrels, no drawers for leftovers", () => {
  expect(written.flatMap(banned.findDefaultExports)).toEqual([]);
  const drawers = /\/(index|utils?|helpers?|common|misc|types)\.ts$/;
  expect(written.filter(({ path }) => drawers.test(path)).map(({ path }) => path)).toEqual([]);
});

test("tidy: modules hold no state, tests included", () => {
  expect(programs.flatMap(banned.findModuleState)).toEqual([]);
  expect(written.flatMap(banned.findModuleState)).toEqual([]);
});

test("tidy: only commands, benchmarks and the long run print", () => {
  const silent = outside(/^(controller|agent)\/src\/cli\/|^test\/(bench|lab\/qemu)\//);
  expect(silent.flatMap((file) => findGlobals(file, /^(globalThis\.)?console$/))).toEqual([]);
});

test("tidy: only the files named here start other programs", () => {
  const starting = programs
    .filter((file) => banned.findImportsOf(file, /^(node:)?child_process$/).length > 0)
    .map(({ path }) => path);
  expect(starting.sort()).toEqual(Object.keys(STARTS_PROGRAMS).sort());
});

test("tidy: one file knows the database driver, and only nats folders know NATS", () => {
  const driver = written.filter((file) => banned.findImportsOf(file, /^sqlite3$/).length > 0);
  expect(driver.map(({ path }) => path)).toEqual(["controller/src/store/db.ts"]);
  const elsewhere = outside(/^(controller|agent)\/src\/nats\/|^test\//);
  expect(elsewhere.flatMap((file) => banned.findImportsOf(file, /^nats$/))).toEqual([]);
});

test("tidy: nothing but agent/src/drive opens as one opens a drive", () => {
  const elsewhere = programs.filter(({ path }) => !path.startsWith("agent/src/drive/"));
  const flags = /^O_(DIRECT|EXCL)$/;
  expect(elsewhere.flatMap((file) => banned.findIdentifiers(file, flags))).toEqual([]);
});

test("tidy: every problem is met somewhere", () => {
  const used = new Set(
    programs.filter(({ path }) => path !== "common/src/problem.ts").flatMap(listStrings),
  );
  const codes = Object.keys(PROBLEMS).filter(isProblemCode);
  expect(codes.filter((code) => !used.has(code))).toEqual([]);
});

test("tidy: a problem's detail says what cannot be done, and why", () => {
  expect(programs.flatMap(findBadDetails)).toEqual([]);
});
