import ts from "typescript-api";
import { findNodes, type SourceFile } from "./read-tree.ts";

/** What reads the clock, throws dice, waits, or touches the process; `Buffer` because only Node has it. */
const IMPURE = new Set([
  "Buffer",
  "console",
  "crypto",
  "fetch",
  "global",
  "globalThis",
  "performance",
  "process",
  "queueMicrotask",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

/** Reads of clock, dice, timers or process. Values such as `new Date(atMs)` are fine. */
export function findImpure(file: SourceFile): string[] {
  return findNodes(file, (node) => {
    if (ts.isNewExpression(node) && node.expression.getText() === "Date") {
      return (node.arguments ?? []).length === 0 ? "new Date()" : null;
    }
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText().replace(/\s/g, "");
      return text === "Date.now" || text === "Math.random" ? text : null;
    }
    return ts.isIdentifier(node) && IMPURE.has(node.text) && isValue(node) ? node.text : null;
  });
}

/** Uses of a global by its name: `console`, not a property that is called so. */
export function findGlobals(file: SourceFile, names: RegExp): string[] {
  return findNodes(file, (node) =>
    ts.isPropertyAccessExpression(node) && names.test(node.expression.getText())
      ? node.getText()
      : null,
  );
}

/** Not the name of a property, of a type, or of what is declared here. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false;
  return !("name" in parent && parent.name === node);
}
