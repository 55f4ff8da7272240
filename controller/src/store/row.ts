import { invariant } from "@stickfarm/common/invariant";
import type { Row } from "./db.ts";

/** Rows come back untyped; STRICT tables promise the column types that these readers check. */
export function text(row: Row, column: string): string {
  const value = row[column];
  invariant(typeof value === "string", `column ${column} holds text`);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  invariant(
    typeof value === "number" && Number.isSafeInteger(value),
    `column ${column} holds an integer`,
  );
  return value;
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  invariant(value instanceof Uint8Array, `column ${column} holds bytes`);
  return value;
}

/** JSON that this program wrote itself; the integrity check at start guards it, so its shape is trusted. */
export function json<Value>(row: Row, column: string): Value {
  // The one cast of the store: writer and reader are the same functions of one file each.
  return JSON.parse(text(row, column)) as Value;
}
