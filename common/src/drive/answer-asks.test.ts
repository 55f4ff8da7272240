import { expect, test } from "vitest";
import { whyUnanswered } from "./answer-asks.ts";

const drive = (bay: string, serial: string, ...asks: readonly string[]) => ({
  agent: "ws-1",
  drive: { bay, serial, asks: asks.map((detail) => ({ detail })) },
});

const GOOD = drive("1", "A1");
const DATA = drive("2", "B2", "Cannot erase B2: it holds ext4");
const LARGE = drive("3", "C3", "Cannot erase C3: it is large", "Cannot erase C3: it holds luks");

test("whyUnanswered() has nothing to ask of drives that a yes erases", () => {
  expect(whyUnanswered([GOOD], [])).toBeNull();
  expect(whyUnanswered([], [])).toBeNull();
});

test("whyUnanswered() takes the serial of each drive that is asked for, in any order", () => {
  expect(whyUnanswered([GOOD, DATA, LARGE], ["C3", "B2", "C3"])).toBeNull();
});

test("whyUnanswered() names every question that is open, and what to type", () => {
  expect(whyUnanswered([GOOD, DATA, LARGE], [])).toEqual({
    code: "drive_refused",
    detail:
      'Cannot erase 2 of 3 drives unasked: Cannot erase B2: it holds ext4; "B2" must be typed; Cannot erase C3: it is large; "C3" must be typed; Cannot erase C3: it holds luks; "C3" must be typed',
  });
  expect(whyUnanswered([DATA, LARGE], ["B2"])).toMatchObject({
    detail: expect.not.stringContaining("B2"),
  });
});

test.each([["b2"], ["B"], [""], ["A1"], ["B2 "]])(
  "whyUnanswered() refuses %j, which no drive is asked for",
  (typed) => {
    expect(whyUnanswered([GOOD, DATA], ["B2", typed])).toMatchObject({
      code: "usage",
      detail: expect.stringContaining(`"${typed}"`),
    });
  },
);

test("whyUnanswered() lets no serial answer for two drives, whether both are asked for or one", () => {
  for (const twin of [drive("4", "B2"), drive("4", "B2", "Cannot erase: it holds ntfs")]) {
    expect(whyUnanswered([DATA, twin], ["B2"])).toEqual({
      code: "serial_shared",
      detail:
        'Cannot tell by the serial "B2" which drive is meant: "ws-1/2", "ws-1/4" show it, one of a plan must',
    });
  }
});

test("whyUnanswered() asks for the bay of a drive without a serial, and no empty serial is its answer", () => {
  const bare = drive("usb-2-1", "", "Cannot erase: it holds ext4");
  expect(whyUnanswered([bare], ["usb-2-1"])).toBeNull();
  expect(whyUnanswered([bare], [""])).toMatchObject({ code: "usage" });
});
