import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { isProblemCode, PROBLEMS } from "@stickfarm/common/problem";
import { fail, ok } from "@stickfarm/common/result";
import { expect, onTestFinished, test } from "vitest";
import { createTestFarm } from "../trust/test-farm.ts";
import { createProgram } from "./program.ts";
import { makeIo } from "./test-cli.ts";
import { startProgram, startTestController, type TestController } from "./test-controller.ts";

const NOWHERE = { controller: "127.0.0.1:1", caPem: "", certificatePem: "", keyPem: "" };

test("runProgram() exits with the status of each problem that the controller sends", async () => {
  const wrong: string[] = [];
  const controller = await serve();
  for (const code of Object.keys(PROBLEMS).filter(isProblemCode)) {
    const { status, stdout, stderr } = await controller.run(["content", "show", code]);
    if (status !== PROBLEMS[code].exit) wrong.push(`${code}: status ${status}`);
    if (stdout !== "") wrong.push(`${code}: printed "${stdout}" as the answer`);
    if (!stderr.includes(PROBLEMS[code].remedy)) wrong.push(`${code}: no remedy in "${stderr}"`);
  }
  expect(wrong).toEqual([]);
});

test("runProgram() prints a problem in three parts, and nothing of it raw", async () => {
  const { stderr } = await (await serve()).run(["content", "show", "content_unknown"]);
  expect(stderr).toBe(
    [
      'stickfarm: Cannot show content "content_unknown"',
      '  what is: it is "\ufffd[2Jnot there"',
      "  to do:   See `stickfarm content list` and `stickfarm boot-image list` [content_unknown]",
      "",
    ].join("\n"),
  );
});

test("runProgram() prints a problem as JSON with -o json, on stderr", async () => {
  const { stdout, stderr } = await (await serve()).run([
    "content",
    "show",
    "disk_full",
    "-o",
    "json",
  ]);
  expect(stdout).toBe("");
  expect(JSON.parse(stderr)).toEqual({
    code: "disk_full",
    detail: 'Cannot show content "disk_full": it is "\u001b[2Jnot there"',
    remedy: PROBLEMS.disk_full.remedy,
    exit: 1,
  });
  expect(stderr).not.toMatch(/[^\P{C}\n]/u);
});

test("runProgram() names the address of a controller that is away", async () => {
  const config = { ...(await serve()).config, controller: "127.0.0.1:1" };
  const { status, stderr } = await startProgram(config, ["agent", "list"]).ended;
  expect(status).toBe(4);
  expect(stderr).toContain('stickfarm: Cannot reach the controller at "127.0.0.1:1"');
  expect(stderr).toContain("[controller_unreachable]");
});

test("runProgram() does not talk to a controller of another authority", async () => {
  const controller = await serve();
  const { authority } = await createTestFarm();
  const config = { ...controller.config, caPem: authority.caPem };
  const { status, stderr } = await startProgram(config, ["agent", "list"]).ended;
  expect(status).toBe(4);
  expect(stderr).toContain(controller.config.controller);
});

test.each([
  [["buld", "list"], "unknown command 'buld' (Did you mean build?)"],
  [["build", "lsit"], "unknown command 'lsit' (Did you mean list?)"],
  [["build", "show", "--lats"], "unknown option '--lats' (Did you mean --last?)"],
  [["drive", "list", "--agnet", "ws-1"], "unknown option '--agnet' (Did you mean --agent?)"],
  [["build", "list", "more"], "too many arguments"],
  [["content", "show"], "missing required argument 'name'"],
  [["agent", "token", "create"], "required option '--name <name>' not specified"],
  [["agent", "list", "-o", "xml"], "Allowed choices are table, json, yaml"],
])("runProgram(%j) is refused with status 2", async (args, words) => {
  const { status, stdout, stderr } = await startProgram(NOWHERE, args).ended;
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("Cannot read the command line");
  expect(stderr).toContain(words);
});

test("runProgram() prints a command line that it cannot read as JSON when that was asked for", async () => {
  const { status, stderr } = await startProgram(NOWHERE, ["agent", "lsit", "-o", "json"]).ended;
  expect(status).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({ code: "usage", exit: 2 });
});

test.each([[[]], [["build"]], [["agent", "token"]]])(
  "runProgram(%j) prints what commands there are, on stderr, with status 2",
  async (args) => {
    const { status, stdout, stderr } = await startProgram(NOWHERE, args).ended;
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Commands:");
  },
);

test("runProgram() takes options for all commands before and after the command", async () => {
  const controller = await serve();
  const before = await controller.run(["-o", "json", "agent", "list"]);
  const after = await controller.run(["agent", "list", "-o", "json"]);
  expect([before.status, after.status]).toEqual([0, 0]);
  expect(JSON.parse(before.stdout)).toEqual([]);
  expect(after.stdout).toBe(before.stdout);
});

test("runProgram() prints its version", async () => {
  const { status, stdout } = await startProgram(NOWHERE, ["--version"]).ended;
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("every command's --help has a description and an example of itself", async () => {
  const wrong: string[] = [];
  const shell = { io: makeIo().io, run: never, ask: never, askIfPossible: never };
  for (const path of listCommands(createProgram(shell))) {
    const { status, stdout, stderr } = await startProgram(NOWHERE, [...path, "--help"]).ended;
    const name = ["stickfarm", ...path].join(" ");
    if (status !== 0 || stderr !== "") wrong.push(`${name}: status ${status} ${stderr}`);
    if (!stdout.startsWith(`Usage: ${name} `)) wrong.push(`${name}: ${stdout.split("\n")[0]}`);
    if (!/^\n[A-Z][^\n]+[.:]/m.test(stdout)) wrong.push(`${name}: no description`);
    const examples = stdout.split(/^Examples?:$/m)[1] ?? "";
    if (!examples.includes(name)) wrong.push(`${name}: no example`);
    if (!stdout.includes("--output <format>")) wrong.push(`${name}: no -o`);
  }
  expect(wrong).toEqual([]);
});

function serve(): Promise<TestController> {
  return startTestController(onTestFinished, {
    listAgents: () => ok({ agents: [] }),
    getContent: ({ name }) =>
      fail({
        code: isProblemCode(name) ? name : "internal",
        detail: `Cannot show content "${name}": it is "\u001b[2Jnot there"`,
      }),
  });
}

function listCommands(command: CommandUnknownOpts): string[][] {
  const members = command.commands.flatMap((member) =>
    listCommands(member).map((path) => [member.name(), ...path]),
  );
  return [[], ...members];
}

async function never(): Promise<void> {
  throw new Error("not in this test");
}
