import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { makeIo } from "../test-cli.ts";
import { readHiddenLine, readKeys } from "./read-hidden-line.ts";

test.each([
  ["", "pass\r", { typed: "pass", ended: "line", rest: "" }],
  ["pa", "ss\n", { typed: "pass", ended: "line", rest: "" }],
  ["", "pax\u007fss", { typed: "pass", ended: null, rest: "" }],
  ["ä", "\u007f", { typed: "", ended: null, rest: "" }],
  ["wrong", "\u0015pass\r", { typed: "pass", ended: "line", rest: "" }],
  ["", "\u001b[Apa\u001b[3~ss\u001bOP\r", { typed: "pass", ended: "line", rest: "" }],
  ["", "one\r\ntwo\r\n", { typed: "one", ended: "line", rest: "two\r\n" }],
  ["pa", "\u0003", { typed: "", ended: "given up", rest: "" }],
  ["", "\u0004", { typed: "", ended: "given up", rest: "" }],
  ["pass", "\u0004", { typed: "pass", ended: "line", rest: "" }],
] as const)("readKeys(%j, %j)", (before, keys, result) => {
  expect(readKeys(before, keys)).toEqual(result);
});

test("readHiddenLine() reads two pasted lines one after the other and never echoes", async () => {
  const modes: boolean[] = [];
  const setRawMode = (raw: boolean) => modes.push(raw);
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  const { io, stderr } = makeIo({ stdin });
  stdin.write("pass\rpass\r");
  expect(await readHiddenLine(io, "Value: ")).toBe("pass");
  expect(await readHiddenLine(io, "Again: ")).toBe("pass");
  expect(modes).toEqual([true, false, true, false]);
  expect(stderr()).toBe("Value: \nAgain: \n");
});

test("readHiddenLine() gives the terminal back when the person gives up", async () => {
  const modes: boolean[] = [];
  const setRawMode = (raw: boolean) => modes.push(raw);
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  const { io } = makeIo({ stdin });
  stdin.write("pa\u0003");
  expect(await readHiddenLine(io, "Value: ")).toBeNull();
  expect(modes.at(-1)).toBe(false);
});
