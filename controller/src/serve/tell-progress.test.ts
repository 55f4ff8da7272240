import { ok, type Result } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import { tellProgress } from "./tell-progress.ts";

test("tellProgress() tells how far it is until it has ended, and then what it came to", async () => {
  let done = 0;
  let end = (_: Result<string>): void => undefined;
  const work = new Promise<Result<string>>((resolve) => {
    end = resolve;
  });
  const heard: string[] = [];
  for await (const message of tellProgress(work, () => `at ${++done}`, 1)) {
    heard.push(message.ok ? message.value : "problem");
    if (heard.length === 3) end(ok("the end"));
  }
  expect(heard.slice(0, 3)).toEqual(["at 1", "at 2", "at 3"]);
  expect(heard.filter((text) => !text.startsWith("at"))).toEqual(["the end"]);
  expect(heard.at(-1)).toBe("the end");
});

test("tellProgress() waits for the work of who leaves early", async () => {
  const log: string[] = [];
  let end = (): void => undefined;
  const work = new Promise<Result<string>>((resolve) => {
    end = () => resolve(ok("end"));
  }).finally(() => log.push("work ended"));
  const messages = tellProgress(work, () => "progress", 1);
  await messages.next();
  end();
  await messages.return(undefined);
  expect(log).toEqual(["work ended"]);
});
