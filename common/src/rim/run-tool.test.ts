import { pbkdf2 } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { ok } from "../result.ts";
import { makeFakeTool } from "./fake-tool.ts";
import { runTool, streamTool, type ToolCommand } from "./run-tool.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

test("runTool() passes arguments as they are and nothing of our environment", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const seenPath = join(folder, "seen");
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv("XZ_OPT", "--keep");
  const command = await fake(
    `const { argv, env } = process;
     require("fs").writeFileSync("${seenPath}", JSON.stringify([argv.slice(2), Object.keys(env)]));`,
    { args: ["$HOME; ls", "*", ""] },
  );
  expect(await runTool(command)).toEqual(ok(undefined));
  const [args, names] = JSON.parse(await readFile(seenPath, "utf8"));
  expect(args).toEqual(["$HOME; ls", "*", ""]);
  expect(names.sort()).toEqual(["LC_ALL", "PATH"]);
});

test("streamTool() gives the file as the program's input", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const inputPath = join(folder, "--input");
  await writeFile(inputPath, "from the file");
  const command = await fake("process.stdin.pipe(process.stdout);", { inputPath });
  const chunks: string[] = [];
  for await (const bytes of streamTool(command)) chunks.push(Buffer.from(bytes).toString());
  expect(chunks.join("")).toBe("from the file");
});

test("runTool() kills a program that falls silent", async () => {
  const command = shell("exec sleep 60", 100);
  expect(await runTool(command)).toMatchObject({
    problem: { code: "tool_failed", detail: expect.stringContaining("said nothing for 100 ms") },
  });
});

test("streamTool() leaves a program alive whose reader is slow", async () => {
  let bytes = 0;
  for await (const chunk of streamTool(shell("exec head -c 1048576 /dev/zero", 1500))) {
    if (bytes === 0) await wait(1600);
    bytes += chunk.length;
  }
  expect(bytes).toBe(1024 * 1024);
});

test("runTool() tells a killed program from a broken archive", async () => {
  const command = await fake(`process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);`);
  expect(await runTool(command)).toMatchObject({
    problem: { code: "tool_failed", detail: 'Cannot test: "fake" says "killed by SIGTERM"' },
  });
});

test("runTool() bounds the words of a program", async () => {
  const command = await fake(
    `process.stderr.write("mud ".repeat(100_000), () => process.exit(1));`,
  );
  const result = await runTool(command);
  expect(result).toMatchObject({ problem: { code: "archive_unreadable" } });
  if (!result.ok) expect(result.problem.detail.length).toBeLessThan(400);
});

test("runTool() kills the program when stopped", async () => {
  const stop = new AbortController();
  const command = await fake("setInterval(() => undefined, 1000);", { signal: stop.signal });
  const running = runTool(command);
  stop.abort();
  expect(await running).toMatchObject({ problem: { code: "canceled" } });
});

async function fake(script: string, more: Partial<ToolCommand> = {}): Promise<ToolCommand> {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = await makeFakeTool(folder, script);
  return { doing: "Cannot test", path, args: [], inputPath: null, signal: undefined, ...more };
}

function shell(script: string, silenceMaxMs: number): ToolCommand {
  const args = ["-c", script];
  const doing = "Cannot test";
  return { doing, path: "/bin/sh", args, inputPath: null, signal: undefined, silenceMaxMs };
}

test("streamTool() loses nothing of a program that ends before it is listened to", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const inputPath = join(folder, "input");
  await writeFile(inputPath, "all of it");
  const cat = { doing: "Cannot copy", path: "/bin/cat", args: [], inputPath, signal: undefined };
  const output = streamTool(cat);
  const first = output.next();
  // Closing the input waits behind these, and the program ends meanwhile.
  const busy = Array.from({ length: 5 }, () => promisify(pbkdf2)("x", "y", 150_000, 64, "sha512"));
  const { value } = await first;
  expect(String(value)).toBe("all of it");
  await Promise.all(busy);
  await output.return(null);
});
