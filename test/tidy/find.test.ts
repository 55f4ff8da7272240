/** A law that finds nothing in the tree may be blind. Here each one is shown what it must find, and what it must not. */
import { expect, test } from "vitest";
import * as banned from "./find-banned.ts";
import { findCycles } from "./find-cycles.ts";
import { findImpure } from "./find-impure.ts";
import { findLong } from "./find-long.ts";
import { findForbiddenImports } from "./layers.ts";
import { findBadDetails, holdsCode, listStrings } from "./problem-use.ts";
import { parseSource, type SourceFile } from "./read-tree.ts";

const PURE = "controller/src/schedule/planted.ts";
const inPure = (text: string): SourceFile => parseSource(PURE, text);
/** Joined, so that the law of the tree does not find the planted word here. */
const joined = (...parts: string[]): string => parts.join("");

test.each([
  [PURE, `import { readFileSync } from "node:fs";`],
  [PURE, `import { x } from "../store/db.ts";`],
  [PURE, `import { x } from "@stickfarm/common/wire/progress";`],
  [PURE, `export { x } from "@stickfarm/common/rim/expand";`],
  [PURE, `const x = await import("zod");`],
  [PURE, `type X = import("../grpc/session.ts").X;`],
  ["agent/src/drive/claim.ts", `import { x } from "@stickfarm/controller/store/db";`],
  ["agent/src/drive/claim.test.ts", `import { x } from "@stickfarm/controller/store/db";`],
  ["agent/src/drive/claim.ts", `import { x } from "../write/write-extents.ts";`],
  ["controller/src/content/library.ts", `import sqlite from "sqlite3";`],
  ["common/src/layout/fat.ts", `import { x } from "@stickfarm/proto/stickfarm/v1/agent";`],
])("findForbiddenImports() finds in %s: %s", (path, text) => {
  expect(findForbiddenImports(parseSource(path, text))).toHaveLength(1);
});

test.each([
  [PURE, `import { ok } from "@stickfarm/common/result";`],
  [PURE, `import { x } from "./snapshot.ts";`],
  ["agent/src/drive/claim.ts", `import { open } from "node:fs/promises";`],
  ["agent/src/drive/claim.test.ts", `import { x } from "../write/write-extents.ts";`],
])("findForbiddenImports() allows in %s: %s", (path, text) => {
  expect(findForbiddenImports(parseSource(path, text))).toEqual([]);
});

test("findForbiddenImports() finds a file without a layer", () => {
  const file = parseSource("controller/src/leftovers/thing.ts", "");
  expect(findForbiddenImports(file)).toEqual([`${file.path}: belongs to no layer`]);
});

test("findCycles() prints the knot", () => {
  const files = [
    parseSource("a/one.ts", `import "./two.ts";`),
    parseSource("a/two.ts", `import type { X } from "./three.ts";`),
    parseSource("a/three.ts", `import "./two.ts";`),
  ];
  expect(findCycles(files)).toEqual([
    "a/two.ts -> a/three.ts -> a/two.ts",
    "a/three.ts -> a/two.ts -> a/three.ts",
  ]);
});

test.each([
  "const now = Date.now();",
  "const now = new Date();",
  "const dice = Math.random();",
  "setTimeout(f, 1);",
  "const home = process.env;",
  "const f = () => performance.now();",
  "const bytes = Buffer.alloc(1);",
  "const id = crypto.randomUUID();",
  "const now = globalThis.Date;",
])("findImpure() finds %s", (text) => {
  expect(findImpure(inPure(text))).toHaveLength(1);
});

test.each([
  "const at = new Date(atMs);",
  "const x = { process: 1 }; x.process;",
  "type X = { readonly fetch: number };",
  "const max = Math.max(1, 2);",
])("findImpure() allows %s", (text) => {
  expect(findImpure(inPure(text))).toEqual([]);
});

test("findLong() finds a long file and a long function, but not a suite of tests", () => {
  const body = "f();\n".repeat(61);
  const keys = (text: string): string[] => findLong(inPure(text)).map(({ key }) => key);
  expect(keys(`function big() {\n${body}}`)).toEqual([`${PURE} big`]);
  expect(keys(`const big = () => {\n${body}};`)).toEqual([`${PURE} big`]);
  expect(keys(`describe("x", () => {\n${body}});`)).toEqual([]);
  expect(keys("x;\n".repeat(301))).toEqual([PURE]);
  expect(keys("x;\n".repeat(300))).toEqual([]);
});

test.each([
  [banned.findNotes, joined("// TO", "DO: later")],
  [banned.findNotes, joined("// @ts-", "ignore")],
  [banned.findAny, "const x: any = 1;"],
  [banned.findAny, "const x = y as any;"],
  [banned.findUnreasonedCasts, "\nconst x = y as string;"],
  [banned.findUnreasonedCasts, "\nconst x = y!.z;"],
  [banned.findSkippedTests, joined("test", ".only('x', f)")],
  [banned.findSkippedTests, joined("describe", ".skip('x', f)")],
  [banned.findSkippedTests, joined("test", ".skipIf(true)('x', f)")],
  [banned.findSilentSkips, "context.skip()"],
  [banned.findSilentSkips, "skip(true)"],
  [banned.findDefaultExports, "export default 1;"],
  [banned.findDefaultExports, "export default function f() {}"],
  [banned.findModuleState, "let count = 0;"],
  [banned.findModuleState, "const cache = new Map<string, string>();"],
  [banned.findModuleState, "export const list: string[] = [];"],
  [banned.findModuleState, "const cache: Map<string, string> = new Map();"],
] as const)("%o finds %s", (find, text) => {
  expect(find(inPure(text))).toHaveLength(1);
});

test.each([
  [banned.findNotes, "const hackathon = 'a hack';"],
  [banned.findAny, "const many = 'any';"],
  [banned.findUnreasonedCasts, "// The row was checked above.\nconst x = y as string;"],
  [banned.findUnreasonedCasts, "\nconst x = [1] as const;"],
  [banned.findSkippedTests, "stream.skip(3)"],
  [banned.findSilentSkips, "skip(missing, 'needs QEMU')"],
  [banned.findSilentSkips, "context.skip('needs QEMU')"],
  [banned.findDefaultExports, "switch (x) { default: break; }"],
  [banned.findModuleState, "const none: ReadonlyMap<string, string> = new Map();"],
  [banned.findModuleState, "function f() { let x = 0; }\nconst y = new Map([[1, 2]]);"],
] as const)("%o allows %s", (find, text) => {
  expect(find(inPure(text))).toEqual([]);
});

test("findIdentifiers() and findImportsOf() tell the line", () => {
  const file = inPure(`import { constants } from "node:fs";\nopen(constants.O_DIRECT);`);
  expect(banned.findIdentifiers(file, /^O_DIRECT$/)).toEqual([`${PURE}:2: O_DIRECT`]);
  expect(banned.findImportsOf(file, /^node:fs$/)).toEqual([`${PURE}:1: imports "node:fs"`]);
});

test("findBadDetails() holds details to the message grammar", () => {
  const bad = (detail: string): number =>
    findBadDetails(inPure(`fail({ code: "usage", detail: ${detail} })`)).length;
  expect(bad("`Cannot open the drive: it is gone`")).toBe(0);
  expect(bad("`Cannot open $" + "{name}: it is gone`")).toBe(0);
  expect(bad("`No drive: it is gone`")).toBe(1);
  expect(bad("`Cannot open the drive`")).toBe(1);
  expect(bad("`Cannot open the drive: it is gone.`")).toBe(1);
});

test("holdsCode() and listStrings() see functions and values", () => {
  expect(holdsCode(inPure("export type X = { f(): void };\nexport const A = 1;"))).toBe(false);
  expect(holdsCode(inPure("export const f = () => 1;"))).toBe(true);
  expect(listStrings(inPure(`fail({ code: "usage" })`))).toEqual(["usage"]);
});
