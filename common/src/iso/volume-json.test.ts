import { expect, test } from "vitest";
import { parseVolumeJson, renderVolumeJson, type VolumeJson } from "./volume-json.ts";

const VOLUME: VolumeJson = {
  formatVersion: 1,
  manifestSha256: "a".repeat(64),
  volume: 2,
  of: 3,
  files: [{ path: "EFI/BOOT/BOOTX64.EFI", sha256: "b".repeat(64), sizeBytes: 5 }],
};

test("parseVolumeJson() reads what renderVolumeJson() wrote", () => {
  const text = renderVolumeJson(VOLUME);
  expect(text).toContain('"volume": 2');
  expect(parseVolumeJson(text)).toEqual(VOLUME);
});

test("renderVolumeJson() takes no more for a file than is planned for", () => {
  const file = { path: "p", sha256: "b".repeat(64), sizeBytes: 2 ** 45 };
  const [one, two] = [[file], [file, file]].map(
    (files) => renderVolumeJson({ ...VOLUME, files }).length,
  );
  expect((two ?? 0) - (one ?? 0)).toBeLessThanOrEqual(161);
});

test.each([
  ["no JSON", "{"],
  ["no object", "3"],
  ["another format", text({ formatVersion: 2 })],
  ["a number beyond the set", text({ volume: 4 })],
  ["the number 0", text({ volume: 0 })],
  ["a set without end", text({ volume: 1, of: 1e9 })],
  ["no digest", text({ manifestSha256: "../x" })],
  ["a file without size", text({ files: [{ path: "x", sha256: "b".repeat(64) }] })],
])("parseVolumeJson() takes %s for none", (_, json) => {
  expect(parseVolumeJson(json)).toBeNull();
});

function text(change: object): string {
  return JSON.stringify({ ...VOLUME, ...change });
}
