import { randomBytes } from "node:crypto";
import { Secret } from "@stickfarm/common/secret";
import { expect, test } from "vitest";
import { KEK_BYTES, maskSecrets, openSecretBox } from "./secret-box.ts";

const LABEL = { name: "media/hq", version: 3 };
const VALUE = "correct horse battery staple";

test("openSecretBox() opens what it sealed, and seals the same value differently each time", () => {
  const box = openSecretBox(randomBytes(KEK_BYTES));
  const [first, second] = [1, 2].map(() => box.seal(LABEL, Secret.ofText(VALUE)));
  if (first === undefined || second === undefined) throw new Error("nothing sealed");
  for (const sealed of [first, second]) {
    const opened = box.open(LABEL, sealed);
    expect(opened.ok && opened.value.revealText()).toBe(VALUE);
  }
  expect(first.equals(second)).toBe(false);
  expect(first.includes("horse")).toBe(false);
});

test("openSecretBox() seals values of every length", () => {
  const box = openSecretBox(randomBytes(KEK_BYTES));
  const broken = [0, 1, 15, 16, 17, 4096].filter((length) => {
    const value = randomBytes(length);
    const opened = box.open(LABEL, box.seal(LABEL, new Secret(value)));
    return !opened.ok || !value.equals(opened.value.reveal());
  });
  expect(broken).toEqual([]);
});

test("openSecretBox() opens nothing that was sealed for another name, version or farm", () => {
  const [kek, otherKek] = [randomBytes(KEK_BYTES), randomBytes(KEK_BYTES)];
  const sealed = openSecretBox(kek).seal(LABEL, Secret.ofText(VALUE));
  const attempts = [
    openSecretBox(kek).open({ ...LABEL, name: "media/hr" }, sealed),
    openSecretBox(kek).open({ ...LABEL, version: 2 }, sealed),
    openSecretBox(otherKek).open(LABEL, sealed),
  ];
  expect(attempts.map((opened) => (opened.ok ? "open" : opened.problem.code))).toEqual([
    "store_damaged",
    "store_damaged",
    "store_damaged",
  ]);
});

test("openSecretBox() notices every changed byte and every missing one", () => {
  const box = openSecretBox(randomBytes(KEK_BYTES));
  const sealed = box.seal(LABEL, Secret.ofText(VALUE));
  const opened: string[] = [];
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 0x01;
    if (box.open(LABEL, changed).ok) opened.push(`byte ${index} changed`);
    if (box.open(LABEL, sealed.subarray(0, index)).ok) opened.push(`cut to ${index} bytes`);
  }
  expect(opened).toEqual([]);
});

test("openSecretBox() shows nothing of a value in its problems", () => {
  const box = openSecretBox(randomBytes(KEK_BYTES));
  const opened = box.open(LABEL, Buffer.from(VALUE));
  expect(JSON.stringify(opened)).not.toMatch(/horse/);
  expect(opened).toMatchObject({ problem: { detail: expect.stringContaining('"media/hq"') } });
});

test("maskSecrets() tells of every value that is sealed or opened, and of none that is not", () => {
  const seen: (string | null)[] = [];
  const box = openSecretBox(randomBytes(32));
  const masked = maskSecrets(box, { learn: (secret) => seen.push(secret.revealText()) });
  const label = { name: "media/hq", version: 1 };
  const sealed = masked.seal(label, Secret.ofText("one"));
  expect(masked.open(label, sealed).ok).toBe(true);
  expect(masked.open({ ...label, version: 2 }, sealed).ok).toBe(false);
  expect(seen).toEqual(["one", "one"]);
});
