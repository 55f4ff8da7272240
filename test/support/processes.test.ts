import { expect, onTestFinished, test } from "vitest";
import { type Program, spawnProgram } from "./processes.ts";
import { tempDirectory } from "./temp-directory.ts";

/** Starts a child that outlives it, says so, and does as `onTerm` says when it shall end. */
const parent = (onTerm: string): string => `
  const { spawn } = require("node:child_process");
  spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  process.on("SIGTERM", () => { ${onTerm} });
  setInterval(() => {}, 1000);
  console.error("ready");`;

async function start(script: string, env: Record<string, string> = {}): Promise<Program> {
  const program = spawnProgram(["-e", script], { cwd: await tempDirectory(), env });
  onTestFinished(async () => {
    await program.end();
  });
  return program;
}

test("spawnProgram() leaves no child behind when the program obeys", async () => {
  const program = await start(parent("process.exit(7)"));
  await program.waitForLine(/^ready$/);
  expect(program.isAlive()).toBe(true);
  expect(await program.end()).toMatchObject({ code: 7, stderr: "ready\n" });
  expect(program.isAlive()).toBe(false);
});

test("spawnProgram() leaves no child behind when the program is killed", async () => {
  const program = await start(parent(""));
  await program.waitForLine(/^ready$/);
  program.signal("SIGKILL");
  expect(await program.end()).toMatchObject({ signal: "SIGKILL" });
  expect(program.isAlive()).toBe(false);
});

test("spawnProgram() lets nothing of the tester's environment in", async () => {
  const program = await start("console.log(Object.keys(process.env).sort().join())", { MINE: "1" });
  expect((await program.ended).stdout).toBe("HOME,LANG,MINE,PATH,TZ\n");
});
