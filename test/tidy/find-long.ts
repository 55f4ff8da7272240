import ts from "typescript-api";
import { lineOf, type SourceFile } from "./read-tree.ts";

export const FILE_LINES_MAX = 300;
export const FUNCTION_LINES_MAX = 60;

/** The file when it is too long (key = its path), and each function that is (key = "path name"). */
export function findLong(file: SourceFile): { readonly key: string; readonly lines: number }[] {
  const found: { key: string; lines: number }[] = [];
  const fileLines = file.text.trimEnd().split("\n").length;
  if (fileLines > FILE_LINES_MAX) found.push({ key: file.path, lines: fileLines });
  const visit = (node: ts.Node): void => {
    const lines =
      lineOf(file.syntax, node.end) - lineOf(file.syntax, node.getStart(file.syntax)) + 1;
    if (isFunction(node) && lines > FUNCTION_LINES_MAX && !isSuite(node)) {
      found.push({ key: `${file.path} ${nameOf(node)}`, lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(file.syntax);
  return found;
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && "body" in node;
}

/** `describe` only holds tests: its length says nothing. */
function isSuite(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isCallExpression(parent) && parent.expression.getText().startsWith("describe");
}

function nameOf(node: ts.FunctionLikeDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) {
    return parent.name.getText();
  }
  if (ts.isCallExpression(parent)) return parent.arguments[0]?.getText().slice(0, 60) ?? "call";
  return "function";
}
