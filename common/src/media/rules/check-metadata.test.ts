import { expect, test } from "vitest";
import { checkMetadata, checkName, tooLong } from "./check-metadata.ts";
import { renderFinding } from "./test-findings.ts";

const NAME_RULE = "must be 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit";

test("checkMetadata() finds nothing in good metadata, nor where there is none", () => {
  const labels = { site: "hq", "example.org/team": "", A1: "x".repeat(63) };
  expect(checkMetadata({ name: "hq-1", description: "x".repeat(127), labels })).toEqual([]);
  expect(checkMetadata(undefined)).toEqual([]);
  expect(checkMetadata({})).toEqual([]);
});

test.each([
  [{ name: "HQ Media" }, `error metadata.name: is "HQ Media", ${NAME_RULE}`],
  [{ name: "" }, `error metadata.name: is "", ${NAME_RULE}`],
  [
    { description: "x".repeat(128) },
    "error metadata.description: has 128 characters, at most 127 are possible",
  ],
  [
    { labels: { "1st": "x" } },
    "error metadata.labels.1st: is no label: a label begins with a letter and has up to 63 letters, digits, dots, slashes and dashes",
  ],
  [
    { labels: { site: "x".repeat(64) } },
    "error metadata.labels.site: has 64 characters, at most 63 are possible",
  ],
  [
    { labels: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, ""])) },
    "error metadata.labels: has 65 labels, at most 64 are possible",
  ],
])("checkMetadata() finds in %j what is wrong", (metadata, found) => {
  expect(checkMetadata(metadata).map(renderFinding)).toEqual([found]);
});

test("checkName() suggests a name that it would take", () => {
  const remedies = ["HQ Media!", "---", "Ünïcode"].map((name) => checkName([], name)[0]?.remedy);
  expect(remedies).toEqual([
    'Write another name, such as "hq-media"',
    'Write another name, such as "my-media"',
    'Write another name, such as "n-code"',
  ]);
});

test("checkMetadata() points at a wrong label itself, not at its value", () => {
  expect(checkMetadata({ labels: { _: "x" } })[0]?.part).toBe("key");
});

test("tooLong() says how long it may be", () => {
  expect(tooLong("label-too-long", ["a"], 5, 4).remedy).toBe("Shorten it to 4 characters");
});
