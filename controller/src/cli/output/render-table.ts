import { sanitizeText } from "@stickfarm/common/sanitize-text";
import Table from "cli-table3";
import pc from "picocolors";

export type Column<Item> = {
  readonly head: string;
  /** Left out where it would be empty all the way down. */
  readonly optional?: true;
  readonly cell: (item: Item) => string | number;
  readonly align?: "left" | "right";
};

/**
 * A list as a person reads it: a line of heads, a line per item, two spaces between columns, nothing drawn.
 *
 * Shape: ends with a line end; an empty list has its heads all the same.
 */
export function renderTable<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  { color }: { readonly color: boolean },
): string {
  const shown = columns.filter(
    ({ optional, cell }) => !optional || items.some((item) => cell(item)),
  );
  const table = new Table({
    head: shown.map((column) => pc.createColors(color).bold(column.head)),
    colAligns: shown.map((column) => column.align ?? "left"),
    chars: NO_LINES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  table.push(...items.map((item) => shown.map(({ cell }) => sanitizeText(String(cell(item))))));
  return `${table.toString().replaceAll(/[ ]+$/gm, "")}\n`;
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};
