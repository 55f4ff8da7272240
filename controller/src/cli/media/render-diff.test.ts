import { expect, test } from "vitest";
import type { MediaDiff } from "./diff-media.ts";
import { renderDiff } from "./render-diff.ts";

const FILE = { sha256: "0123456789abcdef", sizeBytes: 2048 };
const DIFF: MediaDiff = {
  before: "hq@1",
  after: "hq@2",
  fields: [
    { path: "spec.output.label", before: "A", after: "B" },
    { path: "spec.prestart.command", before: undefined, after: "cmd /C x" },
    { path: "spec.unattended", before: true, after: undefined },
  ],
  files: [
    { path: "a.txt", before: null, after: FILE },
    { path: "b.txt", before: FILE, after: { ...FILE, sha256: "fedcba9876543210" } },
    { path: "c.txt", before: FILE, after: null },
  ],
};

test("renderDiff() marks what was added, removed and changed", () => {
  expect(renderDiff(DIFF, { color: false })).toMatchInlineSnapshot(`
    "hq@1 -> hq@2: 3 fields differ
    ~ spec.output.label: "A" -> "B"
    + spec.prestart.command: "cmd /C x"
    - spec.unattended: true
    3 files differ
    + a.txt: 0123456789ab (2.00 KiB)
    ~ b.txt: 0123456789ab (2.00 KiB) -> fedcba987654 (2.00 KiB)
    - c.txt: 0123456789ab (2.00 KiB)
    "
  `);
});

test("renderDiff() says when nothing differs, and nothing of files that were not compared", () => {
  const none = { ...DIFF, fields: [], files: [] };
  expect(renderDiff(none, { color: false })).toBe(
    "hq@1 -> hq@2: no fields differ\nno files differ\n",
  );
  expect(renderDiff({ ...none, files: null }, { color: false })).not.toContain("file");
});

test("renderDiff() lets no definition steer the terminal", () => {
  const nasty = "\u001b[2J\u202e\nX";
  const fields = [{ path: nasty, before: nasty, after: { a: nasty } }];
  const text = renderDiff({ ...DIFF, fields, files: [] }, { color: false });
  expect(text).not.toMatch(/[^\P{C}\n]/u);
  expect(text.split("\n")).toHaveLength(4);
});
