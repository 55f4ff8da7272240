import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript-api";

/** A TypeScript file of the tree, parsed. */
export type SourceFile = {
  /** Relative to the root, separated by "/". */
  readonly path: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
  /** A test, or what only tests use: `x.test.ts`, `x-fixture.ts`, `test-x.ts`. */
  readonly isTest: boolean;
};

export type Import = {
  readonly specifier: string;
  /** Path in the tree, or `null` for a package. */
  readonly target: string | null;
  /** Counts from 1. */
  readonly line: number;
};

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = ["common/src", "controller/src", "agent/src", "proto/gen", "test"];

const TESTING = /\.test\.ts$|-fixture\.ts$|\/test-[^/]+\.ts$/;

/** Every TypeScript file that belongs to the project, generated ones too. */
export function readTree(): SourceFile[] {
  return FOLDERS.flatMap((folder) => listTypeScript(join(ROOT, folder))).map((path) =>
    parseSource(path, readFileSync(join(ROOT, path), "utf8")),
  );
}

/** `path` need not exist: the tests of the laws plant texts. */
export function parseSource(path: string, text: string): SourceFile {
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return {
    path,
    text,
    syntax,
    imports: listImports(path, syntax),
    isTest: TESTING.test(path),
  };
}

/** Counts from 1. */
export function lineOf(syntax: ts.SourceFile, position: number): number {
  return syntax.getLineAndCharacterOfPosition(position).line + 1;
}

/** Every node of the file for which `match` gives something, as "path:line: what it gave". */
export function findNodes(
  file: SourceFile,
  match: (node: ts.Node) => string | null | undefined,
): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const what = match(node);
    const line = lineOf(file.syntax, node.getStart(file.syntax));
    if (what !== null && what !== undefined) found.push(`${file.path}:${line}: ${what}`);
    ts.forEachChild(node, visit);
  };
  visit(file.syntax);
  return found;
}

function listTypeScript(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/(^|\/)(node_modules|dist)\//.test(name))
    .map((name) => relative(ROOT, join(folder, name)))
    .sort();
}

function listImports(path: string, syntax: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== null) {
      const line = lineOf(syntax, node.getStart(syntax));
      found.push({ specifier, target: resolve(path, specifier), line });
    }
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return found;
}

function specifierOf(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return textOf(node.moduleSpecifier);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return textOf(node.argument.literal);
  }
  return null;
}

function textOf(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;
}

function resolve(path: string, specifier: string): string | null {
  if (specifier.startsWith(".")) return join(dirname(path), specifier);
  const own = /^@stickfarm\/(proto|common|controller|agent)\/(.+)$/.exec(specifier);
  if (own === null) return null;
  return own[1] === "proto" ? `proto/gen/${own[2]}.ts` : `${own[1]}/src/${own[2]}.ts`;
}
