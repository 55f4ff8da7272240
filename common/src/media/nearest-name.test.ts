import { expect, test } from "vitest";
import { nearestName } from "./nearest-name.ts";

const KNOWN = ["unattended", "management", "output", "partitionTable", "fileSystem", "ask", "usb"];

test.each([
  ["unatended", "unattended"],
  ["UNATTENDED", "unattended"],
  ["mangement", "management"],
  ["ouptut", "output"],
  ["partition_table", "partitionTable"],
  ["partition-table", "partitionTable"],
  ["filesystem", "fileSystem"],
  ["aks", "ask"],
])("nearestName() takes %j for %j", (written, meant) => {
  expect(nearestName(written, KNOWN)).toBe(meant);
});

test.each(["", "boot", "xyz", "x".repeat(65), "unattended".repeat(7)])(
  "nearestName() has no suggestion for %j",
  (written) => {
    expect(nearestName(written, KNOWN)).toBeNull();
  },
);

test("nearestName() prefers the name with the fewest slips", () => {
  expect(nearestName("secrets", ["secretly", "secret"])).toBe("secret");
  expect(nearestName("x", [])).toBeNull();
});
