import ts from "typescript-api";
import { findNodes, lineOf, type SourceFile } from "./read-tree.ts";

/** Notes to oneself belong into an issue. The brackets keep this file from finding itself. */
export function findNotes(file: SourceFile): string[] {
  return findLines(file, /\b(?:[F]IXME|[T]ODO|[X]XX|[H]ACK)\b|@ts-(?:[i]gnore|[n]ocheck)/);
}

/** Tests that do not run, or keep others from running. What a machine lacks is said by `skip(condition, reason)`. */
export function findSkippedTests(file: SourceFile): string[] {
  return findNodes(file, (node) => {
    if (!ts.isPropertyAccessExpression(node)) return null;
    if (!/^(test|it|describe|suite)\b/.test(node.expression.getText())) return null;
    const banned = ["only", "skip", "todo", "skipIf", "runIf", "fails"];
    return banned.includes(node.name.text) ? node.getText() : null;
  });
}

/** Calls of the test context's `skip` that do not say why: `skip("why")` or `skip(condition, "why")`. */
export function findSilentSkips(file: SourceFile): string[] {
  return findNodes(file, (node) => {
    if (!ts.isCallExpression(node) || !/^(\w+\.)?skip$/.test(node.expression.getText()))
      return null;
    const [first, second] = node.arguments;
    const says = second ?? (first !== undefined && isText(first) ? first : undefined);
    return says === undefined ? `${node.getText()} gives no reason` : null;
  });
}

export function findAny(file: SourceFile): string[] {
  return findNodes(file, (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? "any" : null));
}

/** `as` and `!` switch the compiler off: allowed with the reason in a comment beside or above. */
export function findUnreasonedCasts(file: SourceFile): string[] {
  const lines = file.text.split("\n");
  return findNodes(file, (node) => {
    const isCast = ts.isAsExpression(node) && node.type.getText() !== "const";
    if (!isCast && !ts.isNonNullExpression(node) && !ts.isTypeAssertionExpression(node))
      return null;
    const first = lineOf(file.syntax, node.getStart());
    const last = lineOf(file.syntax, node.end);
    const around = lines.slice(first - 2, last).join("\n");
    return /\/\/|\*\/|^\s*\*/m.test(around) ? null : `${node.getText().slice(0, 60)} has no reason`;
  });
}

export function findDefaultExports(file: SourceFile): string[] {
  return findNodes(file, (node) => {
    if (ts.isExportAssignment(node)) return "export default";
    return node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent)
      ? "export default"
      : null;
  });
}

/** State that outlives its caller: a top-level `let`, or an empty collection that its type lets somebody fill. */
export function findModuleState(file: SourceFile): string[] {
  return file.syntax.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    const line = lineOf(file.syntax, statement.getStart());
    const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    return statement.declarationList.declarations
      .filter((declaration) => !isConst || isEmptyStore(declaration))
      .map(({ name }) => `${file.path}:${line}: module state "${name.getText()}"`);
  });
}

/** Uses of an identifier, wherever it stands: `console`, `O_DIRECT`. */
export function findIdentifiers(file: SourceFile, names: RegExp): string[] {
  return findNodes(file, (node) =>
    ts.isIdentifier(node) && names.test(node.text) ? node.text : null,
  );
}

/** Imports of a package or Node module. */
export function findImportsOf(file: SourceFile, specifiers: RegExp): string[] {
  return file.imports
    .filter(({ specifier }) => specifiers.test(specifier))
    .map(({ line, specifier }) => `${file.path}:${line}: imports "${specifier}"`);
}

function findLines(file: SourceFile, pattern: RegExp): string[] {
  return file.text
    .split("\n")
    .flatMap((line, index) =>
      pattern.test(line) ? `${file.path}:${index + 1}: ${line.trim()}` : [],
    );
}

function isText(node: ts.Expression): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function isEmptyStore({ initializer: node, type }: ts.VariableDeclaration): boolean {
  const fillable = /^(Weak)?(Map|Set)\b|^(Array|Record)\b|\[\]$|^\{/;
  if (node === undefined || (type !== undefined && !fillable.test(type.getText()))) return false;
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  if (ts.isObjectLiteralExpression(node)) return node.properties.length === 0;
  if (!ts.isNewExpression(node)) return false;
  const stores = ["Map", "Set", "WeakMap", "WeakSet", "Array"];
  return stores.includes(node.expression.getText()) && (node.arguments ?? []).length === 0;
}
