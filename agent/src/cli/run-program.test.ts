import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROBLEMS } from "@stickfarm/common/problem";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { resolveData } from "./io.ts";
import { runForTest } from "./test-io.ts";

const COMMANDS = [[], ["enroll"], ["run"], ["drives"]];

test.each(COMMANDS)("%j --help has a description and an example of itself", async (...args) => {
  const { status, stdout, stderr } = await runForTest([...args, "--help"]);
  const name = ["stickfarm-agent", ...args].join(" ");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.startsWith(`Usage: ${name} `)).toBe(true);
  expect(stdout.split(/^Examples?:$/m)[1]).toContain(name);
});

test.each([
  [["rnu"], "unknown command 'rnu' (Did you mean run?)"],
  [["run", "--vitrual-drive", "2GiB"], "(Did you mean --virtual-drive?)"],
  [["enroll", "--token", "x"], "required option '--controller <host:port>' not specified"],
  [["run", "--log-level", "loud"], "Allowed choices are"],
])("runProgram(%j) is refused with status 2", async (args, words) => {
  const { status, stdout, stderr } = await runForTest(args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(words);
});

test.each([
  [["enroll", "--controller", "localhost:1"], "usage"],
  [["enroll", "--controller", "localhost:1", "--token", "x", "--token-file", "y"], "usage"],
  [["enroll", "--controller", "localhost:1", "--token-file", "/nonexistent/t"], "path_missing"],
  [["enroll", "--controller", "localhost:1", "--token", "x"], "token_invalid"],
  [["run", "--virtual-drive", "2GB,2GB"], "usage"],
  [["run", "--controller", "localhost"], "usage"],
  [["drives", "--virtual-drive", "bay=1"], "usage"],
  [["drives", "--usb-size-max", "1TiB"], "usage"],
  [["drives", "--usb-drives", "--usb-size-max", "large"], "usage"],
] as const)("runProgram(%j) ends with %s", async (args, code) => {
  const { status, stderr } = await runForTest(args);
  expect(stderr).toContain(`[${code}]`);
  expect(status).toBe(PROBLEMS[code].exit);
});

test("run without an identity says to enrol first, as JSON when asked to", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const { status, stdout, stderr } = await runForTest(["run", "--data", folder, "-o", "json"]);
  expect([status, stdout]).toEqual([4, ""]);
  expect(JSON.parse(stderr)).toMatchObject({ code: "not_enrolled", exit: 4 });
});

test("drives shows what would be offered, and makes nothing", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const file = join(folder, "a.img");
  await writeFile(file, "");
  await truncate(file, 8 * 1024 * 1024);
  const specs = [`file=${file},serial=A1`, `file=${folder}/b.img,size=8MiB,serial=B2`];
  const args = ["drives", "--data", folder, ...specs.flatMap((spec) => ["--virtual-drive", spec])];
  const { status, stdout } = await runForTest(args);
  expect(status).toBe(0);
  expect(stdout).toContain("bay 1  A1  8.00 MiB  virtual-file");
  expect(stdout).toContain("bay 2  B2");
  const { stdout: json } = await runForTest([...args, "-o", "json"]);
  expect(JSON.parse(json)).toMatchObject([{ serial: "A1" }, { serial: "B2" }]);
  await expect(readFile(join(folder, "b.img"))).rejects.toThrow("ENOENT");
});

test("drives shows the machine's own disks and refuses each of them", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const { status, stdout } = await runForTest([
    ...["drives", "--data", folder, "--usb-drives", "-o", "json"],
  ]);
  expect(status).toBe(0);
  const drives: { transport: string; refusals: { code: string }[] }[] = JSON.parse(stdout);
  for (const { refusals } of drives.filter(({ transport }) => transport === "fixed")) {
    expect(refusals.map(({ code }) => code)).toContain("drive_not_removable");
  }
  expect(drives.every(({ transport }) => ["fixed", "usb"].includes(transport))).toBe(true);
});

test("drives finds relative files from where it was called", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  await writeFile(join(folder, "a.img"), Buffer.alloc(4096));
  const args = ["drives", "--data", "data", "--virtual-drive", "file=a.img"];
  const { stdout } = await runForTest(args, { workingDirectory: folder });
  expect(stdout).toContain("4.00 KiB");
});

test.each([
  [undefined, {}, false, "/home/ann/.local/share/stickfarm-agent"],
  [undefined, { XDG_DATA_HOME: "/x" }, false, "/x/stickfarm-agent"],
  [undefined, { XDG_DATA_HOME: "x" }, false, "/home/ann/.local/share/stickfarm-agent"],
  [undefined, { XDG_DATA_HOME: "/x" }, true, "/var/lib/stickfarm-agent"],
  ["ws-1", { XDG_DATA_HOME: "/x" }, true, "ws-1"],
])("resolveData(%j) with %j, root %s", (data, env, isRoot, path) => {
  const place = { env, homeDirectory: "/home/ann", isRoot };
  expect(resolveData(place, data)).toBe(path);
});
