import { format, inspect } from "node:util";
import { serialize } from "node:v8";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";

const CANARY = "canary-7c1f-Tr0ub4dor";

test("Secret gives its value to reveal() and revealText() alone", () => {
  const secret = Secret.ofText(CANARY);
  expect(secret.revealText()).toBe(CANARY);
  expect(Buffer.from(secret.reveal()).toString()).toBe(CANARY);
  expect(secret.byteCount).toBe(CANARY.length);
});

test("Secret shows nothing to print, log, serialise, clone or inspect", () => {
  const secret = Secret.ofText(CANARY);
  const holder = { password: secret, list: [secret], map: new Map([["k", secret]]) };
  const seen = [
    String(secret),
    `${secret}`,
    `a ${secret} b`,
    JSON.stringify(secret),
    JSON.stringify(holder),
    inspect(secret),
    inspect(holder, { depth: null, showHidden: true, getters: true }),
    inspect(secret, { customInspect: false, showHidden: true, getters: true }),
    format("%s %o %O %j", secret, secret, secret, secret),
    new Error(`Cannot use ${secret}`).stack,
    inspect(new Error("x", { cause: secret })),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(Object.getOwnPropertyNames(secret)),
    JSON.stringify({ ...secret }),
    JSON.stringify(structuredClone(secret)),
    serialize({ ...holder }).toString("latin1"),
  ].join("\n");
  expect(seen).toContain("[secret]");
  for (const form of formsOf(CANARY)) expect(seen).not.toContain(form);
});

test("Secret keeps its own copy and hands out copies", () => {
  const bytes = new TextEncoder().encode(CANARY);
  const secret = new Secret(bytes);
  bytes.fill(0);
  secret.reveal().fill(0);
  expect(secret.revealText()).toBe(CANARY);
});

test("revealText() says null for bytes that are not UTF-8", () => {
  expect(new Secret(Uint8Array.of(0xff, 0xfe)).revealText()).toBeNull();
});

test("revealText() keeps a byte order mark, which is part of the value", () => {
  expect(Secret.ofText("\ufeffa").revealText()).toBe("\ufeffa");
});

function formsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [
    text,
    bytes.toString("base64"),
    bytes.toString("hex"),
    [...bytes].join(","),
    [...bytes].join(", "),
  ];
}
