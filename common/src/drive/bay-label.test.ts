import { expect, test } from "vitest";
import { whyNotLabel } from "./bay-label.ts";

test.each(["left hub 3", "3", "oben rechts \u00fc", "x".repeat(32)])(
  "whyNotLabel() allows %j",
  (label) => {
    expect(whyNotLabel(label)).toBeNull();
  },
);

test.each([
  ["", "0 characters"],
  ["x".repeat(33), "33 characters"],
  [" left", "blank"],
  ["left ", "blank"],
  ["ws-1/left", "/"],
  ["left\u202e", "cannot be seen"],
  ["left\nright", "cannot be seen"],
])("whyNotLabel() refuses %j", (label, why) => {
  expect(whyNotLabel(label)).toMatchObject({
    code: "label_invalid",
    detail: expect.stringContaining(why),
  });
});
