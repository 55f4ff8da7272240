import { expect, test } from "vitest";
import { bytesExtent } from "./bytes-extent.ts";

test("bytesExtent() fills up to whole blocks with zeros", () => {
  const extent = bytesExtent(4096, Uint8Array.of(1, 2), 512);
  const expected = new Uint8Array(512);
  expected.set([1, 2]);
  expect(extent).toEqual({
    offsetBytes: 4096,
    lengthBytes: 512,
    source: { kind: "bytes", bytes: expected },
  });
});

test("bytesExtent() takes whole blocks without a copy", () => {
  const bytes = new Uint8Array(1024);
  const { lengthBytes, source } = bytesExtent(0, bytes, 512);
  expect(lengthBytes).toBe(1024);
  expect(source.kind === "bytes" && source.bytes === bytes).toBe(true);
});
