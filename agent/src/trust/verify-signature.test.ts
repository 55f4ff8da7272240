import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { expect, test } from "vitest";
import { verifySignature } from "./verify-signature.ts";

const BYTES = new TextEncoder().encode('{"apiVersion":"stickfarm/v1"}');

test("verifySignature() takes the farm's signature over exactly these bytes", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const signature = sign(null, BYTES, privateKey);
  expect(verifySignature(pemOf(publicKey), BYTES, signature)).toBe(true);
});

test("verifySignature() refuses other bytes, other keys and what is no signature", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const other = generateKeyPairSync("ed25519");
  const signature = sign(null, BYTES, privateKey);
  const changed = Uint8Array.from(signature, (byte, index) => (index === 63 ? byte ^ 1 : byte));
  const refused: readonly (readonly [string, KeyObject, Uint8Array, Uint8Array])[] = [
    ["other bytes", publicKey, BYTES.subarray(1), signature],
    ["other key", other.publicKey, BYTES, signature],
    ["changed", publicKey, BYTES, changed],
    ["empty", publicKey, BYTES, new Uint8Array()],
    ["short", publicKey, BYTES, signature.subarray(0, 63)],
    ["long", publicKey, BYTES, Buffer.concat([signature, Buffer.alloc(1)])],
  ];
  const taken = refused.filter(([, key, bytes, what]) => verifySignature(pemOf(key), bytes, what));
  expect(taken.map(([name]) => name)).toEqual([]);
});

test("verifySignature() takes no other kind of key, though its signature is good", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signature = sign(null, BYTES, privateKey);
  expect(verifySignature(pemOf(publicKey), BYTES, signature)).toBe(false);
});

function pemOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}
