import { expect, test } from "vitest";
import { parsePassport } from "./parse-passport.ts";

const PASSPORT = {
  formatVersion: 1,
  stickId: "0123456789abcdef0123456789abcdef",
  buildId: "01JC0000000000000000000001",
  orderedAt: "2026-11-22T09:00:00.000Z",
};

const parse = (passport: unknown, media: unknown = { name: "hq", revision: 3 }) =>
  parsePassport({ passport: JSON.stringify(passport), media: JSON.stringify(media) });

test("parsePassport() reads what a stick says of its build", () => {
  expect(parse(PASSPORT)).toEqual({
    buildId: PASSPORT.buildId,
    stickId: PASSPORT.stickId,
    media: { name: "hq", revision: 3 },
    orderedAtMs: Date.UTC(2026, 10, 22, 9),
  });
  expect(parsePassport({ passport: JSON.stringify(PASSPORT), media: null })?.media).toBeNull();
  const manifest = { formatVersion: 1, definition: { name: "pi", revision: 2, digest: "" } };
  expect(parse(PASSPORT, manifest)?.media).toEqual({ name: "pi", revision: 2 });
});

test.each([
  ["a list", []],
  ["null", null],
  ["no build", { ...PASSPORT, buildId: undefined }],
  ["a build that steers the terminal", { ...PASSPORT, buildId: "\u001b[2J" }],
  ["a stick of a thousand digits", { ...PASSPORT, stickId: "0".repeat(1000) }],
])("parsePassport() takes %s for no passport", (_, passport) => {
  expect(parse(passport)).toBeNull();
});

test("parsePassport() takes broken text for none", () => {
  expect(parsePassport({ passport: "{", media: null })).toBeNull();
  const passport = JSON.stringify(PASSPORT);
  expect(parsePassport({ passport, media: "{" })?.media).toBeNull();
});

test.each([
  ["no date", { ...PASSPORT, orderedAt: "yesterday" }, { name: "hq", revision: 3 }],
  [
    "a date before all",
    { ...PASSPORT, orderedAt: "1900-01-01T00:00:00Z" },
    { name: "hq", revision: 3 },
  ],
])("parsePassport() shows none for %s", (_, passport, media) => {
  expect(parse(passport, media)?.orderedAtMs).toBe(0);
});

test.each([[{}], [{ name: "hq", revision: 0 }], [{ name: "hq", revision: 1.5 }], [{ name: 7 }]])(
  "parsePassport() shows no media for %j",
  (media) => {
    expect(parse(PASSPORT, media)?.media).toBeNull();
  },
);

test("parsePassport() lets no name steer the terminal", () => {
  expect(parse(PASSPORT, { name: "\u202ehq", revision: 1 })?.media?.name).toBe("\ufffdhq");
});
