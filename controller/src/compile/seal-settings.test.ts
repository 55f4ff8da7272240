import { parseSealed, renderSealHeader, type SealParts } from "@stickfarm/common/media/seal-header";
import { Secret } from "@stickfarm/common/secret";
import { beforeAll, describe, expect, test } from "vitest";
import { openSettings } from "./open-settings.ts";
import { type SealRandom, sealSettings } from "./seal-settings.ts";

const TEXT = '{"variables":[{"name":"JoinPassword","value":"canary-7c1f"}]}';
const PASSWORD = Secret.ofText("Zürich im Regen");
const RANDOM: SealRandom = { salt: new Uint8Array(16).fill(1), nonce: new Uint8Array(12).fill(2) };
/** Each seal and each opening takes about a second of an idle processor, by intent. */
const TIMEOUT_MS = 60_000;

describe("sealSettings() and openSettings()", { timeout: TIMEOUT_MS }, () => {
  const held: { sealed: Uint8Array; parts: SealParts | null } = {
    sealed: new Uint8Array(),
    parts: null,
  };

  beforeAll(async () => {
    held.sealed = await sealSettings(TEXT, PASSWORD, RANDOM);
    held.parts = parseSealed(held.sealed);
  }, TIMEOUT_MS);

  test("the right password opens, typed composed or not", async () => {
    const opened = await openSettings(held.sealed, Secret.ofText("Zu\u0308rich im Regen"));
    expect(opened.ok ? opened.value.revealText()?.trimEnd() : opened.problem).toBe(TEXT);
  });

  test("a wrong password does not open", async () => {
    const opened = await openSettings(held.sealed, Secret.ofText("Zürich im Regen."));
    expect(opened).toEqual(refused("the password is wrong, or the file was changed"));
  });

  test("one changed bit of the header, the ciphertext or the tag keeps it closed", async () => {
    const { line } = held.parts ?? { line: new Uint8Array() };
    // In the salt the header stays well formed: only the tag can tell.
    const saltByte = Buffer.from(line).indexOf('"salt":"') + 8;
    for (const index of [saltByte, line.length, held.sealed.length - 1]) {
      const changed = Uint8Array.from(held.sealed);
      changed[index] = index === saltByte ? 0x42 : (changed[index] ?? 0) ^ 1;
      expect((await openSettings(changed, PASSWORD)).ok).toBe(false);
    }
  });

  test("a header of the same meaning in other bytes keeps it closed", async () => {
    const { line, ciphertext, tag, header } = held.parts ?? fail();
    expect(Buffer.compare(renderSealHeader(header), line)).toBe(0);
    const spaced = Buffer.from(Buffer.from(line).toString().replace("{", "{ "));
    const changed = Buffer.concat([spaced, ciphertext, tag]);
    expect(parseSealed(changed)?.header).toEqual(header);
    expect((await openSettings(changed, PASSWORD)).ok).toBe(false);
  });

  test("what is sealed shows neither its text nor its length", async () => {
    const bytes = Buffer.from(held.sealed);
    expect(bytes.includes("canary-7c1f")).toBe(false);
    expect(held.parts?.ciphertext.length).toBe(1024);
    const longer = await sealSettings("x".repeat(1025), PASSWORD, RANDOM);
    expect(parseSealed(longer)?.ciphertext.length).toBe(2048);
  });

  test("another salt gives another file throughout", async () => {
    const other = await sealSettings(TEXT, PASSWORD, {
      ...RANDOM,
      salt: new Uint8Array(16).fill(9),
    });
    const parts = parseSealed(other);
    expect(parts?.header.kdf.salt).not.toBe(held.parts?.header.kdf.salt);
    expect(Buffer.compare(parts?.ciphertext ?? other, held.parts?.ciphertext ?? other)).not.toBe(0);
  });

  test("what is no settings file is refused without deriving a key", async () => {
    const why = "it is no settings file, or its key derivation is outside of what is allowed";
    for (const bytes of [new Uint8Array(), Buffer.from("x"), held.sealed.subarray(0, 100)]) {
      expect(await openSettings(bytes, PASSWORD)).toEqual(refused(why));
    }
    const weak = Buffer.from(
      Buffer.from(held.sealed).toString("latin1").replace("131072", "1024"),
      "latin1",
    );
    expect(await openSettings(weak, PASSWORD)).toEqual(refused(why));
  });
});

test.each([
  ["salt", { ...RANDOM, salt: new Uint8Array(8) }],
  ["nonce", { ...RANDOM, nonce: new Uint8Array(16) }],
])("sealSettings() takes no %s of another length", async (_what, random) => {
  await expect(sealSettings(TEXT, PASSWORD, random)).rejects.toThrow(/Invariant broken/);
});

function refused(why: string) {
  const detail = `Cannot open the sealed settings: ${why}`;
  return { ok: false, problem: { code: "settings_not_opened", detail } };
}

function fail(): never {
  throw new Error("nothing was sealed");
}
