import { expect, test } from "vitest";
import { renderAutorun } from "./render-autorun.ts";

test("renderAutorun() writes ASCII as it is, and anything else as UTF-16 with its mark", () => {
  expect(Buffer.from(renderAutorun("HQ BOOT")).toString("latin1")).toBe(
    "[autorun]\r\nlabel=HQ BOOT\r\n",
  );
  const wide = Buffer.from(renderAutorun("ZÜRICH"));
  expect(wide.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]));
  expect(wide.subarray(2).toString("utf16le")).toBe("[autorun]\r\nlabel=ZÜRICH\r\n");
});
