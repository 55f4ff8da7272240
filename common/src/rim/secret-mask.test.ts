import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { createSecretMask, maskStream } from "./secret-mask.ts";

const VALUE = `Kanarienvogel-"größer"-<&>-\\-7f3a`;
const WIDE = Buffer.from(VALUE, "utf16le");

/** The value as programs write it, from outside of the mask's own code. */
const FORMS: readonly (readonly [form: string, text: string])[] = [
  ["as it is", VALUE],
  ["in JSON", JSON.stringify({ value: VALUE })],
  ["in JSON within JSON", JSON.stringify({ inner: JSON.stringify({ value: VALUE }) })],
  ["in an address", `https://farm/?q=${encodeURIComponent(VALUE)}`],
  ["in XML", "<v>Kanarienvogel-&quot;größer&quot;-&lt;&amp;&gt;-\\-7f3a</v>"],
  ["read as Latin 1", Buffer.from(VALUE).toString("latin1")],
  ["in UTF-16LE, read as Latin 1", WIDE.toString("latin1")],
  ["in UTF-16LE, in JSON", JSON.stringify(WIDE.toString("latin1"))],
  ["in hex", Buffer.from(VALUE).toString("hex")],
  ["in HEX", Buffer.from(VALUE).toString("hex").toUpperCase()],
  ["in UTF-16LE, in hex", WIDE.toString("hex")],
  ["as a Buffer in JSON", JSON.stringify(Buffer.from(VALUE))],
  ["as an inspected list", [...Buffer.from(VALUE)].join(", ")],
  ...["", "a", "ab", "abc", "abcd"].flatMap((before) =>
    ["", "x", "xy"].flatMap((after): [string, string][] => [
      [`in base64 after "${before}", before "${after}"`, base64(before + VALUE + after)],
      [
        `in base64url after "${before}", before "${after}"`,
        Buffer.from(before + VALUE + after).toString("base64url"),
      ],
      [
        `in UTF-16LE, in base64 after "${before}", before "${after}"`,
        Buffer.concat([Buffer.from(before), WIDE, Buffer.from(after)]).toString("base64"),
      ],
    ]),
  ),
];

test.each(FORMS)("apply() hides a value %s", (_, text) => {
  const mask = createSecretMask();
  mask.learn(Secret.ofText(VALUE));
  const line = `before ${text} between ${text} after`;
  const masked = mask.apply(line);
  expect(masked.split("[secret]")).toHaveLength(3);
  expect(masked).toMatch(/^before .*between .* after$/s);
  // What is left of base64 at either end is less than a character of the value.
  expect(masked.length).toBeLessThan(line.length - text.length + 40);
  expect(masked).not.toContain("vogel");
});

test("apply() changes nothing else, and knows only what it has learnt", () => {
  const mask = createSecretMask();
  expect(mask.apply(VALUE)).toBe(VALUE);
  mask.learn(Secret.ofText("other-value-1"));
  expect(mask.apply(`${VALUE} other-value`)).toBe(`${VALUE} other-value`);
});

test("learn() hides bytes that are no text", () => {
  const bytes = Buffer.of(0xff, 0xfe, 0x80, 0x00, 0x41, 0x42, 0xc3, 0x28);
  const mask = createSecretMask();
  mask.learn(new Secret(bytes));
  for (const text of [bytes.toString("hex"), bytes.toString("base64"), bytes.join(",")])
    expect(mask.apply(`<${text}>`)).toMatch(/^<\[secret\].?=*>$/);
});

test("learn() hides the longest value first when one begins with another", () => {
  const mask = createSecretMask();
  mask.learn(Secret.ofText("password"));
  mask.learn(Secret.ofText("password-and-more"));
  expect(mask.apply("password-and-more, password")).toBe("[secret], [secret]");
});

test("learn() takes what is too short for a form as it is, and leaves words alone", () => {
  const mask = createSecretMask();
  mask.learn(Secret.ofText("abcd"));
  mask.learn(Secret.ofText("the"));
  mask.learn(Secret.ofText(""));
  expect(mask.apply("the abcd of 61626364")).toBe("the [secret] of 61626364");
});

test("learn() is bounded: the oldest value gives way, and none is too large", () => {
  const mask = createSecretMask();
  const values = Array.from({ length: 257 }, () => randomBytes(12).toString("hex"));
  for (const value of [...values, ...values.slice(1)]) mask.learn(Secret.ofText(value));
  const left = values.filter((value) => mask.apply(value) === value);
  expect(left).toEqual([values[0]]);
  const large = "x".repeat(5000);
  mask.learn(Secret.ofText(large));
  expect(mask.apply(large)).toBe(large);
});

test("maskStream() masks each line on its way", () => {
  const target = new PassThrough();
  const mask = createSecretMask();
  const stream = maskStream(target, mask);
  stream.write("before value-of-secret\n");
  mask.learn(Secret.ofText("value-of-secret"));
  stream.write("after value-of-secret\n");
  stream.write(Buffer.from("bytes value-of-secret\n"));
  expect(String(target.read())).toBe("before value-of-secret\nafter [secret]\nbytes [secret]\n");
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
