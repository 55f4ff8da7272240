import { answer, type Session } from "../shell/session.ts";
import { renderJson, renderJsonLine, renderYaml } from "./render-document.ts";
import { type Column, renderTable } from "./render-table.ts";

/**
 * The whole answer of a command: as text for a person, or as one document for a program.
 *
 * Shape: JSON takes one line, and as many as make it readable on a terminal.
 */
export function writeAnswer(session: Session, value: unknown, renderText: () => string): void {
  const isTerminal = session.io.stdout.isTTY === true;
  const render = {
    table: renderText,
    json: () => (isTerminal ? renderJson(value) : renderJsonLine(value)),
    yaml: () => renderYaml(value),
  };
  answer(session, render[session.format]());
}

export function writeList<Item>(
  session: Session,
  items: readonly Item[],
  columns: readonly Column<Item>[],
): void {
  writeAnswer(session, items, () => renderTable(items, columns, session));
}

/** One of many answers of a command that follows something: a line of JSON, or a YAML document. */
export function writeStreamed(session: Session, value: unknown, renderText: () => string): void {
  const render = {
    table: renderText,
    json: () => renderJsonLine(value),
    yaml: () => `---\n${renderYaml(value)}`,
  };
  answer(session, render[session.format]());
}
