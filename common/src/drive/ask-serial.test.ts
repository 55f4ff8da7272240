import { expect, test } from "vitest";
import {
  askForContents,
  findUnanswered,
  isForeign,
  nameToType,
  withContents,
} from "./ask-serial.ts";
import {
  type DriveContents,
  type SeenPassport,
  UNSEEN,
  VOLUME_KINDS,
  type VolumeKind,
} from "./contents.ts";
import { type Drive, UNKNOWN_FACTS } from "./drive.ts";

const PLAIN: readonly VolumeKind[] = [
  "blank",
  "fat12",
  "fat16",
  "fat32",
  "exfat",
  "iso9660",
  "udf",
];
const PASSPORT: SeenPassport = {
  buildId: "b",
  stickId: "s",
  media: null,
  orderedAtMs: 0,
  isSealed: true,
};

/** A drive with so many partitions, or with one volume on itself. */
function holding(
  kinds: readonly VolumeKind[],
  passport: SeenPassport | null = null,
): DriveContents {
  const volumes = kinds.map((kind, index) => {
    return { partition: kinds.length === 1 ? 0 : index + 1, sizeBytes: 1, kind, label: "" };
  });
  return { kind: "seen", table: kinds.length === 1 ? "none" : "mbr", volumes, passport };
}

test("isForeign() calls exactly what sticks do not carry foreign, alone and beside anything else", () => {
  const wrong = VOLUME_KINDS.flatMap((kind) => {
    const isPlain = PLAIN.includes(kind);
    const besides = VOLUME_KINDS.flatMap((other) => [
      { kinds: [kind, other], must: !isPlain || !PLAIN.includes(other) },
      { kinds: [other, kind], must: !isPlain || !PLAIN.includes(other) },
    ]);
    return [{ kinds: [kind], must: !isPlain }, ...besides].filter(
      ({ kinds, must }) => isForeign(holding(kinds)) !== must,
    );
  });
  expect(wrong).toEqual([]);
});

test("isForeign() knows a stick of ours, whatever its image holds", () => {
  expect(VOLUME_KINDS.filter((kind) => isForeign(holding([kind], PASSPORT)))).toEqual([]);
});

test("isForeign() calls a drive without partitions, and what nobody could see, not foreign", () => {
  expect(isForeign({ kind: "seen", table: "gpt", volumes: [], passport: null })).toBe(false);
  expect(isForeign(UNSEEN)).toBe(false);
  expect(isForeign({ kind: "unreadable", why: "EIO" })).toBe(false);
});

test("askForContents() says what would be lost", () => {
  expect(askForContents(holding(["fat32", "luks"]), { bay: "2", serial: "B2" })).toEqual({
    code: "drive_foreign_content",
    detail:
      'Cannot erase the drive "B2" in bay "2" by a yes alone: it holds "fat32, luks", must be blank, FAT, exFAT, a disc image or a stick of ours',
  });
  expect(askForContents(holding(["fat32"]), { bay: "2", serial: "B2" })).toBeNull();
});

const LARGE = { code: "drive_too_large", detail: "Cannot erase: it is large" } as const;
const DRIVE: Drive = {
  driveId: "usb:1",
  bay: "2",
  serial: "B2",
  vendor: "",
  model: "",
  sizeBytes: 1,
  logicalBlockBytes: 512,
  insertion: "1",
  transport: "usb",
  refusals: [],
  asks: [LARGE],
  facts: UNKNOWN_FACTS,
  contents: UNSEEN,
};

test("withContents() adds its question to those that there are", () => {
  const seen = withContents(DRIVE, holding(["ext4"]));
  expect(seen.asks.map(({ code }) => code)).toEqual(["drive_too_large", "drive_foreign_content"]);
  expect(withContents(DRIVE, holding(["exfat"]))).toEqual({
    ...DRIVE,
    contents: holding(["exfat"]),
  });
});

test("findUnanswered() takes an answer for its own question only", () => {
  const { asks } = withContents(DRIVE, holding(["ext4"]));
  expect(findUnanswered(asks, { overrides: [] })?.code).toBe("drive_too_large");
  expect(findUnanswered(asks, { overrides: ["drive_too_large"] })?.code).toBe(
    "drive_foreign_content",
  );
  const all = asks.map(({ code }) => code);
  expect(findUnanswered(asks, { overrides: all })).toBeNull();
  expect(findUnanswered([], { overrides: [] })).toBeNull();
});

test("nameToType() is the serial, or the bay of a drive that shows none", () => {
  expect(nameToType(DRIVE)).toBe("B2");
  expect(nameToType({ ...DRIVE, serial: "" })).toBe("2");
});
