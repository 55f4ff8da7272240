import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import type { TestIoFields } from "../test-cli.ts";
import { startTestController } from "../test-controller.ts";

const CANARY = "canary-9f2e-größer";

test.each([
  ["a pipe", { typed: `${CANARY}\n` }],
  ["a pipe with a Windows line end", { typed: `${CANARY}\r\n` }],
  ["a pipe without line end", { typed: CANARY }],
  ["a person who types it twice", { terminal: true, typed: `${CANARY}\r${CANARY}\r` }],
])("secret set reads the value from %s, and shows it nowhere", async (_, fields) => {
  const { ended, values } = await set(fields);
  expect(ended.status).toBe(0);
  expect(values).toEqual([CANARY]);
  expect(ended.stdout + ended.stderr).not.toContain("canary");
});

test("secret set reads the value from a file", async () => {
  const file = join(await makeTemporaryFolder(onTestFinished), "value");
  await writeFile(file, `${CANARY}\n\n`);
  const { values } = await set({}, ["--from-file", file]);
  expect(values).toEqual([`${CANARY}\n`]);
});

test.each([
  ["nothing", { typed: "" }, 2],
  ["an empty line", { typed: "\n" }, 2],
  ["more than the wire takes", { typed: "x".repeat(5000) }, 2],
  ["two values that differ", { terminal: true, typed: "one\rtwo\r" }, 2],
  ["Ctrl-C", { terminal: true, typed: "one\u0003" }, 130],
  ["Ctrl-C at the second time", { terminal: true, typed: "one\r\u0003" }, 130],
])("secret set sends nothing for %s", async (_, fields, status) => {
  const { ended, values } = await set(fields);
  expect([ended.status, values]).toEqual([status, []]);
  expect(ended.stderr).not.toContain("one");
});

test("secret set names the file that is not there", async () => {
  const { ended, values } = await set({}, ["--from-file", "/nonexistent/value"]);
  expect([ended.status, values]).toEqual([3, []]);
  expect(ended.stderr).toContain("/nonexistent/value");
});

test("secret set takes no value from the command line", async () => {
  const { ended, values } = await set({}, [CANARY]);
  expect([ended.status, values]).toEqual([2, []]);
});

test("secret list and remove", async () => {
  const removed: string[] = [];
  const changedAtMs = Date.UTC(2026, 10, 22, 8, 0, 0);
  const controller = await startTestController(onTestFinished, {
    listSecrets: () => ok({ secrets: [{ name: "media/hq", version: 2, changedAtMs }] }),
    removeSecret: ({ name }) => {
      removed.push(name);
      return ok({});
    },
  });
  const list = await controller.run(["secret", "list"]);
  expect(list.stdout).toBe("NAME      VERSION  CHANGED\nmedia/hq        2  2026-11-22T08:00:00Z\n");
  const remove = await controller.run(["secret", "remove", "media/hq"]);
  expect([remove.status, remove.stdout]).toEqual([0, "Removed secret media/hq\n"]);
  expect(removed).toEqual(["media/hq"]);
});

async function set(fields: TestIoFields, args: readonly string[] = []) {
  const values: string[] = [];
  const controller = await startTestController(onTestFinished, {
    setSecret: ({ name, value }) => {
      expect(name).toBe("media/hq");
      values.push(value.toString());
      return ok({});
    },
  });
  return { ended: await controller.run(["secret", "set", "media/hq", ...args], fields), values };
}
