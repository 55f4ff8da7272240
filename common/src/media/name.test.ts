import { expect, test } from "vitest";
import { isMediaName, isSecretName } from "./name.ts";

test.each(["a", "7", "hq-bare-metal", "a--b", "x".repeat(63)])("isMediaName() takes %j", (name) => {
  expect(isMediaName(name)).toBe(true);
});

test.each(["", "-a", "a-", "A", "a_b", "a.b", "a b", "a/b", "ä", "a\n", "x".repeat(64)])(
  "isMediaName() refuses %j",
  (name) => {
    expect(isMediaName(name)).toBe(false);
  },
);

test.each(["a", "media/hq", "a/b/c-1", "x".repeat(127)])("isSecretName() takes %j", (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each(["", "/a", "a/", "-a", "A", "a b", "a.b", "a\n", "x".repeat(128)])(
  "isSecretName() refuses %j",
  (name) => {
    expect(isSecretName(name)).toBe(false);
  },
);
