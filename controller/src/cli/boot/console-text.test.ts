import { CONSOLE_CHARACTERS_MAX } from "@stickfarm/common/media/boot-proof";
import { expect, test } from "vitest";
import { addBytes, NO_TEXT, wholeText } from "./console-text.ts";

test("addBytes() takes out what steers a terminal, however the pipe cuts it", () => {
  const bytes = Buffer.from(
    "\u001b[2J\u001b[01;01HGNU GRUB\r\n\u001b[0;37;40mBOOT\0ED\u001b[=3h\r\n",
  );
  for (let size = 1; size <= bytes.length; size += 1) {
    let seen = NO_TEXT;
    for (let at = 0; at < bytes.length; at += size)
      seen = addBytes(seen, bytes.subarray(at, at + size));
    expect(wholeText(seen)).toBe("GNU GRUB\nBOOTED\n");
    expect(seen.window).toBe("GNU GRUB\nBOOTED\n");
  }
});

test("addBytes() keeps the newest part of a console that says much, and a window of it", () => {
  let seen = NO_TEXT;
  for (let line = 0; line < 30_000; line += 1) seen = addBytes(seen, Buffer.from(`line ${line}\n`));
  expect(wholeText(seen)).toHaveLength(CONSOLE_CHARACTERS_MAX);
  expect(wholeText(seen)).toMatch(/\nline 29998\nline 29999\n$/);
  expect(seen.window.length).toBeLessThan(17_000);
  expect(seen.older.length).toBeLessThanOrEqual(CONSOLE_CHARACTERS_MAX);
});
