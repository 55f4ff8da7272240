import { expect, test } from "vitest";
import { blobPath, parsePointPath, parsePointUrl } from "./distribution-point.ts";

test("blobPath() is the library's own order", () => {
  const sha256 = "ab".padEnd(64, "0");
  expect(blobPath(sha256)).toBe(`sha256/ab/${sha256}`);
});

test.each([
  ["/srv/dp", "/srv/dp"],
  ["/srv/dp//", "/srv/dp"],
  ["/", "/"],
  ["/mnt/Ärger und Leer", "/mnt/Ärger und Leer"],
])("parsePointPath() keeps %s", (path, kept) => {
  expect(parsePointPath(path)).toEqual({ ok: true, value: kept });
});

test.each(["", "srv/dp", "./dp", "~/dp", "/srv/../etc", "/srv/..", "/srv/a\nb"])(
  "parsePointPath() refuses %j",
  (path) => {
    expect(parsePointPath(path)).toMatchObject({ problem: { code: "usage" } });
  },
);

test.each([
  ["http://dp.example.net", "http://dp.example.net"],
  ["https://dp.example.net:8443/farm/", "https://dp.example.net:8443/farm"],
  ["HTTP://DP.example.net/A%20b", "http://dp.example.net/A%20b"],
  ["http://[::1]:8080/", "http://[::1]:8080"],
])("parsePointUrl() keeps %s", (text, kept) => {
  expect(parsePointUrl(text)).toEqual({ ok: true, value: kept });
});

test.each([
  "",
  "dp.example.net",
  "ftp://dp.example.net",
  "file:///srv/dp",
  "http://me@dp.example.net",
  "https://me:hunter2@dp.example.net",
  "http://dp.example.net/?a=b",
  "http://dp.example.net/#a",
])("parsePointUrl() refuses %j", (text) => {
  expect(parsePointUrl(text)).toMatchObject({ problem: { code: "usage" } });
});

test("parsePointUrl() repeats no password", () => {
  expect(JSON.stringify(parsePointUrl("https://me:hunter2@dp.example.net"))).not.toContain(
    "hunter2",
  );
});
