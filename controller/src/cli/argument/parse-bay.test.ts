import { expect, test } from "vitest";
import { parseBay } from "./parse-bay.ts";

test.each([
  ["ws-1/2", { agent: "ws-1", bay: "2" }],
  ["ws-1/front left", { agent: "ws-1", bay: "front left" }],
  ["usb-2-1.3", { agent: "", bay: "usb-2-1.3" }],
])("parseBay() reads %j", (text, value) => {
  expect(parseBay(text)).toEqual({ ok: true, value });
});

test.each(["", "/", "ws-1/", "/2", " 2", "2 ", "a/b/c", "x".repeat(33)])(
  "parseBay() refuses %j",
  (text) => {
    expect(parseBay(text)).toMatchObject({ problem: { code: "usage" } });
  },
);
