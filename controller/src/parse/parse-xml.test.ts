import { expect, test } from "vitest";
import { parseXml } from "./parse-xml.ts";

test("parseXml() gives the root element with its attributes, texts and children", () => {
  expect(parseXml('<?xml version="1.0"?><a x="1"> text <b>1</b><b/></a>')).toEqual({
    name: "a",
    attributes: { x: "1" },
    text: "text",
    children: [
      { name: "b", attributes: {}, text: "1", children: [] },
      { name: "b", attributes: {}, text: "", children: [] },
    ],
  });
});

test.each(["", "text", "<a>", "<a></b>", "<a"])("parseXml() says what is wrong with %j", (text) => {
  expect(typeof parseXml(text)).toBe("string");
});

test("parseXml() lets no entity grow", () => {
  const bomb = '<!DOCTYPE a [<!ENTITY b "0123456789"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>';
  expect(parseXml(bomb)).toMatchObject({ name: "a", text: "&c;" });
});
