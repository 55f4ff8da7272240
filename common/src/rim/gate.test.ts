import { expect, test } from "vitest";
import { openGate } from "./gate.ts";

function later<Value>() {
  let end = (_: Value): void => undefined;
  const value = new Promise<Value>((resolve) => {
    end = resolve;
  });
  return { value, end };
}

test("pass() lets one through at a time, in order", async () => {
  const gate = openGate(60_000);
  const first = later<string>();
  const log: string[] = [];
  const one = gate.pass(async () => {
    log.push("one begins");
    await first.value;
    log.push("one ends");
    return 1;
  });
  const other = gate.pass(async () => {
    log.push("other");
    return 2;
  });
  await Promise.resolve();
  first.end("go");
  expect(await Promise.all([one, other])).toEqual([1, 2]);
  expect(log).toEqual(["one begins", "one ends", "other"]);
});

test("pass() goes on after an operation that failed", async () => {
  const gate = openGate(60_000);
  await expect(gate.pass(async () => Promise.reject(new Error("EIO")))).rejects.toThrow("EIO");
  expect(await gate.pass(async () => 2)).toBe(2);
});

test("pass() gives up what hangs, begins nothing behind it, and opens again when it has ended", async () => {
  const gate = openGate(30);
  const hung = later<string>();
  const discarded: string[] = [];
  const begun: string[] = [];
  const discard = async (late: string) => void discarded.push(late);
  const first = gate.pass(() => hung.value, discard);
  const second = gate.pass(async () => begun.push("second"));
  await expect(first).rejects.toThrow("no answer came for 30 ms");
  await expect(second).rejects.toThrow("no answer came for 30 ms");
  hung.end("file");
  expect(await gate.pass(async () => "third")).toBe("third");
  expect(discarded).toEqual(["file"]);
  expect(begun).toEqual([]);
});
