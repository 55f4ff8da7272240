import ts from "typescript-api";
import { findNodes, type SourceFile } from "./read-tree.ts";

/** Every string that stands in the file as a value, for "is this code used anywhere". */
export function listStrings(file: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file.syntax);
  return found;
}

/** Problems whose detail does not follow "Cannot <do what> <to what>: <what is, what must be>". */
export function findBadDetails(file: SourceFile): string[] {
  return findNodes(file, (node) => {
    if (!ts.isObjectLiteralExpression(node)) return null;
    const detail = fieldOf(node, "detail");
    if (fieldOf(node, "code") === null || detail === null || !isText(detail)) return null;
    const text = detail.getText().slice(1, -1);
    if (!text.startsWith("Cannot ") && !text.startsWith("$" + "{"))
      return `does not begin with "Cannot": ${text}`;
    if (!text.includes(": ") && !text.includes("$" + "{"))
      return `says no reason after ": ": ${text}`;
    return text.endsWith(".") ? `ends in a full stop: ${text}` : null;
  });
}

/** Pure files with something to test: at least one function with a body. */
export function holdsCode(file: SourceFile): boolean {
  return (
    findNodes(file, (node) => (ts.isFunctionLike(node) && "body" in node ? "code" : null)).length >
    0
  );
}

function fieldOf(node: ts.ObjectLiteralExpression, name: string): ts.Expression | null {
  for (const property of node.properties) {
    if (ts.isPropertyAssignment(property) && property.name.getText() === name) {
      return property.initializer;
    }
  }
  return null;
}

function isText(node: ts.Expression): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}
