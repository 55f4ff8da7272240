import { DriveContents as WireContents } from "@stickfarm/proto/stickfarm/v1/agent";
import { expect, test } from "vitest";
import type { DriveContents } from "../drive/contents.ts";
import { contentsFromWire, contentsToWire, parseContents, renderContents } from "./contents.ts";

const PASSPORT = { buildId: "B1", stickId: "ab", orderedAtMs: 2 ** 41, isSealed: true } as const;
const SEEN = { kind: "seen", table: "gpt", passport: null } as const;
const VOLUME = { partition: 1, sizeBytes: 2 ** 40, kind: "fat32", label: "HQ \u00e4" } as const;

const EACH: readonly DriveContents[] = [
  { kind: "unseen" },
  { kind: "unreadable", why: "it did not answer" },
  { ...SEEN, volumes: [] },
  { ...SEEN, volumes: [VOLUME], passport: { ...PASSPORT, media: { name: "hq", revision: 3 } } },
  { ...SEEN, volumes: [VOLUME], passport: { ...PASSPORT, media: null, isSealed: false } },
];

test("contentsFromWire() gives back what contentsToWire() sent, through the encoded bytes", () => {
  for (const contents of EACH) {
    const bytes = WireContents.encode(contentsToWire(contents)).finish();
    expect(contentsFromWire(WireContents.decode(bytes))).toEqual(contents);
  }
});

test("parseContents() gives back what renderContents() wrote in one line", () => {
  for (const contents of EACH) {
    expect(renderContents(contents)).not.toContain("\n");
    expect(parseContents(renderContents(contents))).toEqual(contents);
  }
});

test.each(["", "{", "null"])("parseContents() takes %j for none", (text) => {
  expect(parseContents(text)).toBeNull();
});

test("contentsFromWire() takes words of a newer program for things that are not known", () => {
  const seen = contentsToWire({ ...SEEN, volumes: [VOLUME] });
  expect(contentsFromWire(undefined)).toEqual({ kind: "unseen" });
  expect(contentsFromWire({ ...seen, state: "guessed" })).toEqual({ kind: "unseen" });
  const volumes = [{ ...VOLUME, kind: "fat64" }];
  expect(contentsFromWire({ ...seen, table: "apm", volumes })).toMatchObject({
    table: "none",
    volumes: [{ kind: "unknown" }],
  });
});
