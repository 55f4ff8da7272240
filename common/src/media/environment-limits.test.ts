import { expect, test } from "vitest";
import { contactsOf, environmentBytes, joinManagementPoints } from "./environment-limits.ts";

test("environmentBytes() counts names and values in UTF-8", () => {
  expect(environmentBytes([{ name: "a", value: "é" }, { name: "b" }, {}])).toBe(4);
});

test("contactsOf() is one variable, or none", () => {
  expect(contactsOf([])).toEqual([]);
  expect(contactsOf(["http://a", "http://b"])).toEqual([
    { name: "SMSTSLocationMPs", value: "http://a*http://b" },
  ]);
});

test("joinManagementPoints() changes nothing about an address", () => {
  expect(joinManagementPoints(["http://B:80", "http://a/"])).toBe("http://B:80*http://a/");
  expect(joinManagementPoints([])).toBe("");
});
