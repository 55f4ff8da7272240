import { expect, test } from "vitest";
import { type Column, renderTable } from "./render-table.ts";

type Stick = { readonly bay: string; readonly serial: string; readonly size: number };

const COLUMNS: readonly Column<Stick>[] = [
  { head: "BAY", cell: (stick) => stick.bay },
  { head: "SERIAL", cell: (stick) => stick.serial },
  { head: "SIZE", cell: (stick) => stick.size, align: "right" },
];

test("renderTable() lines columns up by what is seen, not by length", () => {
  const sticks = [
    { bay: "1", serial: "一二三", size: 8 },
    { bay: "12", serial: "A1", size: 1024 },
  ];
  expect(renderTable(sticks, COLUMNS, { color: false })).toBe(
    ["BAY  SERIAL  SIZE", "1    一二三     8", "12   A1      1024", ""].join("\n"),
  );
});

test("renderTable() prints heads over an empty list", () => {
  expect(renderTable([], COLUMNS, { color: false })).toBe("BAY  SERIAL  SIZE\n");
});

test("renderTable() makes heads bold in color only", () => {
  expect(renderTable([], COLUMNS, { color: true })).toContain("\u001b[1mBAY\u001b[22m");
});

test("renderTable() lets no cell steer the terminal or break its line", () => {
  const stick = { bay: "1", serial: "A1\n\u001b[2J\u202e", size: 1 };
  const text = renderTable([stick], COLUMNS, { color: false });
  expect(text).not.toMatch(/[^\P{C}\n]/u);
  expect(text.split("\n")).toHaveLength(3);
});
