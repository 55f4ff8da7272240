import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "./shell-word.ts";

test("shellWord() leaves plain serials as they are", () => {
  expect(shellWord("60A44C413FAE-0:0")).toBe("60A44C413FAE-0:0");
});

test.each(["$(touch /x)", "a b", "`id`", "it's", "", "a;b", "--", "\\", '"', "*"])(
  "shellWord() makes %j one word that the shell gives back as it is",
  (text) => {
    const said = execFileSync("sh", ["-c", `printf %s ${shellWord(text)}`]).toString();
    expect(said).toBe(text);
  },
);
