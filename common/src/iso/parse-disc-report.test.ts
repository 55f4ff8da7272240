import { expect, test } from "vitest";
import { parseDiscReport } from "./parse-disc-report.ts";

/** xorriso 1.5.4; the large file was recorded with sectors that were scaled down. */
const REPORT = `Media checks :        lba ,       size , quality
Media region :          0 ,       4392 , + good
Report layout: xt , Startlba ,   Blocks , Filesize , ISO image path
File data lba:  0 ,     1865 ,      312 ,   638976 , '/EFI/BOOT/BOOTX64.EFI'
File data lba:  0 ,     2177 ,        1 ,        9 , '/it'"'"'s [odd] & x.txt'
File data lba:  0 ,       93 ,        0 ,        0 , '/check/empty'
File data lba:  0 ,     3000 ,  2097151 , 4294967297 , '/large'
File data lba:  1 ,  2100151 ,        2 , 4294967297 , '/large'
`;

test("parseDiscReport() finds where each file lies", () => {
  expect(parseDiscReport(REPORT)).toEqual({
    badRegions: 0,
    files: new Map([
      ["EFI/BOOT/BOOTX64.EFI", [{ offsetBytes: 1865 * 2048, lengthBytes: 638_976 }]],
      ["it's [odd] & x.txt", [{ offsetBytes: 2177 * 2048, lengthBytes: 9 }]],
      ["check/empty", [{ offsetBytes: 93 * 2048, lengthBytes: 0 }]],
      [
        "large",
        [
          { offsetBytes: 3000 * 2048, lengthBytes: 2_097_151 * 2048 },
          { offsetBytes: 2_100_151 * 2048, lengthBytes: 4_294_967_297 - 2_097_151 * 2048 },
        ],
      ],
    ]),
  });
});

test("parseDiscReport() counts regions that could not be read", () => {
  const text = "Media region :  0 , 32 , + good\nMedia region :  32 , 16 , - unreadable\n";
  expect(parseDiscReport(text)).toEqual({ files: new Map(), badRegions: 1 });
});

test.each([
  "File data lba:  0 , 1 , 1 , 9 , /unquoted",
  "File data lba:  0 , x , 1 , 9 , '/a'",
  "File data lba:  0 , 1 , 5 , 4096 , '/a'\nFile data lba:  1 , 6 , 1 , 10 , '/a'",
])("parseDiscReport() takes %j for none", (text) => {
  expect(parseDiscReport(text)).toBeNull();
});
