import { expect, test } from "vitest";
import { COMPRESSIONS } from "../media/manifest.ts";
import { detectCompression, detectForeignFormat } from "./detect-compression.ts";
import { bzip2Bomb, packedFixture, zipFixture } from "./packed-fixtures.ts";

test.each(COMPRESSIONS)("detectCompression() knows %s by its bytes", (compression) => {
  const head = packedFixture(compression).subarray(0, 512);
  expect(detectCompression(head)).toBe(compression);
  expect(detectForeignFormat(head)).toBe(null);
});

test.each([
  ["an empty file", ""],
  ["a boot sector", "eb63900000000000"],
  ["a text that begins like bzip2", "425a6839 68656c6c6f21"],
  ["half a magic", "fd377a"],
  ["gzip's magic without deflate", "1f8b00"],
])("detectCompression() calls %s not compressed", (_, hex) => {
  expect(detectCompression(Buffer.from(hex.replaceAll(" ", ""), "hex"))).toBe("none");
});

test("detectCompression() knows an empty zip, skippable zstd frames and a bzip2 of level 9", () => {
  expect(detectCompression(zipFixture([]))).toBe("zip");
  expect(detectCompression(Buffer.from("502a4d1804000000aabbccdd28b52ffd", "hex"))).toBe("zstd");
  expect(detectCompression(bzip2Bomb())).toBe("bzip2");
});

test("detectForeignFormat() names what is no disk image", () => {
  const tar = Buffer.alloc(512);
  tar.write("ustar", 257);
  expect(detectForeignFormat(tar)).toBe("a tar archive");
  expect(detectForeignFormat(Buffer.from("377abcaf271c0004", "hex"))).toBe("a 7-Zip archive");
  expect(detectForeignFormat(Buffer.from("<!DOCTYPE html><title>404"))).toBe("an HTML page");
  expect(detectForeignFormat(Buffer.from("7z"))).toBe(null);
});
