import { expect, test } from "vitest";
import { parseSealed, renderSealHeader, type SealHeader } from "./seal-header.ts";

const HEADER: SealHeader = {
  format: "stickfarm-settings",
  version: 1,
  kdf: { name: "scrypt", n: 2 ** 17, r: 8, p: 1, salt: "AAECAwQFBgcICQoLDA0ODw==" },
  cipher: { name: "aes-256-gcm", nonce: "AAECAwQFBgcICQoL" },
};
const BODY = new Uint8Array(32).fill(7);

test("parseSealed() gives back what renderSealHeader() wrote, and where the rest lies", () => {
  const line = renderSealHeader(HEADER);
  const parts = parseSealed(Uint8Array.from([...line, ...BODY]));
  expect(parts?.header).toEqual(HEADER);
  expect(parts?.line).toEqual(line);
  expect(parts?.ciphertext).toEqual(BODY.subarray(0, 16));
  expect(parts?.tag).toEqual(BODY.subarray(16));
});

test("parseSealed() takes a stronger key derivation, up to its bound", () => {
  expect(parse({ ...HEADER, kdf: { ...HEADER.kdf, n: 2 ** 19, p: 4 } })).not.toBeNull();
});

test.each([
  ["another format", { ...HEADER, format: "x" }],
  ["another version", { ...HEADER, version: 2 }],
  ["an unknown key", { ...HEADER, extra: 1 }],
  ["another key derivation", { ...HEADER, kdf: { ...HEADER.kdf, name: "pbkdf2" } }],
  ["a weaker one", { ...HEADER, kdf: { ...HEADER.kdf, n: 2 ** 16 } }],
  ["one that takes all memory", { ...HEADER, kdf: { ...HEADER.kdf, n: 2 ** 20 } }],
  ["one of no power of two", { ...HEADER, kdf: { ...HEADER.kdf, n: 2 ** 17 + 1 } }],
  ["other blocks", { ...HEADER, kdf: { ...HEADER.kdf, r: 1 } }],
  ["larger blocks", { ...HEADER, kdf: { ...HEADER.kdf, r: 64 } }],
  ["no passes", { ...HEADER, kdf: { ...HEADER.kdf, p: 0 } }],
  ["too many passes", { ...HEADER, kdf: { ...HEADER.kdf, p: 5 } }],
  ["text for a number", { ...HEADER, kdf: { ...HEADER.kdf, n: "131072" } }],
  ["a short salt", { ...HEADER, kdf: { ...HEADER.kdf, salt: "AAECAwQFBgc=" } }],
  ["a salt that is no base64", { ...HEADER, kdf: { ...HEADER.kdf, salt: "!".repeat(24) } }],
  ["a short nonce", { ...HEADER, cipher: { ...HEADER.cipher, nonce: "AAEC" } }],
  ["another cipher", { ...HEADER, cipher: { ...HEADER.cipher, name: "aes-256-cbc" } }],
  ["a list", []],
  ["null", null],
])("parseSealed() refuses %s", (_what, header) => {
  expect(parse(header)).toBeNull();
});

test.each([
  ["nothing", new Uint8Array(0)],
  ["no line end", BODY],
  ["a header that is no JSON", new TextEncoder().encode("{\n0123456789abcdef0")],
  [
    "a line of more than 1 KiB",
    Uint8Array.from([...new Uint8Array(1024).fill(0x20), 0x0a, ...BODY]),
  ],
  ["a header alone", renderSealHeader(HEADER)],
  ["a tag without ciphertext cut short", Uint8Array.from([...renderSealHeader(HEADER), 1, 2, 3])],
])("parseSealed() refuses %s", (_what, bytes) => {
  expect(parseSealed(bytes)).toBeNull();
});

function parse(header: unknown): unknown {
  const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  return parseSealed(Uint8Array.from([...line, ...BODY]));
}
