import { execFileSync } from "node:child_process";
import { open, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import type { Manifest } from "@stickfarm/common/media/manifest";
import { fail, ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { StickAttempt } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../run-program.ts";
import { makeIo } from "../test-cli.ts";
import { type Answers, startTestController } from "../test-controller.ts";
import { imageOf, makeStick, STICK_ID } from "./stick-fixture.ts";

const AWAY = { code: "controller_unreachable", detail: "Cannot reach the controller" } as const;
const IMAGE = "a".repeat(300_000);
const FILES = { "boot/a.txt": IMAGE, "b.txt": "b".repeat(5000), "empty.txt": "" };

test("stick inspect calls a stick intact of which every file is what was built, and says who could not be asked", async () => {
  const stick = await setUp();
  const { status, stdout, stderr } = await stick.inspect();
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^Verdict: +intact$/m);
  expect(stdout).toMatch(/^Compared: +3 files good, 298 KiB$/m);
  expect(stdout).toMatch(/^Record: +not asked: /m);
});

test.each(["boot/a.txt", "b.txt"])(
  "stick inspect names %s when one byte of it differs",
  async (path) => {
    const stick = await setUp();
    await flip(stick.path, stick.offsetOf(path) + 4000);
    const { status, stdout, stderr } = await stick.inspect("-o", "json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: "changed",
      findings: [{ what: "changed", path }],
      goodFiles: 2,
    });
    expect(stderr).toContain("stick_damaged");
  },
);

test("stick inspect names files that were added and removed, and leaves alone what Windows adds to every stick", async () => {
  const stick = await setUp();
  const at = `${stick.path}@@${MIB}`;
  const mtools = (program: string, ...args: string[]) =>
    execFileSync(program, ["-i", at, ...args], { env: { ...process.env, MTOOLS_SKIP_CHECK: "1" } });
  mtools("mmd", "::/System Volume Information");
  mtools("mcopy", stick.keyPath, "::/System Volume Information/WPSettings.dat");
  expect((await stick.inspect()).status).toBe(0);
  mtools("mdel", "::/b.txt");
  mtools("mcopy", stick.keyPath, "::/evil.exe");
  const { status, stderr } = await stick.inspect();
  expect(status).toBe(1);
  expect(stderr).toContain('"evil.exe" added');
  expect(stderr).toContain('"b.txt" missing');
});

test("stick inspect tells a stick that was not sealed from one whose table was overwritten", async () => {
  const stick = await setUp();
  await fillStart(stick.path, 0xff);
  expect((await stick.inspect()).stderr).toContain('"beginning of the stick" changed');
  await fillStart(stick.path, 0);
  const { status, stdout, stderr } = await stick.inspect();
  expect([status, stderr]).toEqual([1, expect.stringContaining("[stick_unsealed]")]);
  expect(stdout).toMatch(/^Build: +b1$/m);
});

test("stick inspect trusts nothing that another farm signed, and shows nothing of it", async () => {
  const stick = await setUp();
  const other = await setUp();
  const { status, stdout, stderr } = await stick.inspect("--farm-key", other.keyPath);
  expect([status, stderr]).toEqual([1, expect.stringContaining("[stick_foreign]")]);
  expect(stdout).not.toContain(STICK_ID);
});

test("stick inspect needs a stick of ours, whole, and the farm's key", async () => {
  const stick = await setUp();
  await writeFile(join(stick.path, "..", "zeros"), Buffer.alloc(4 * MIB));
  const zeros = await stick.run("stick", "inspect", join(stick.path, "..", "zeros"), ...stick.key);
  expect([zeros.status, zeros.stderr]).toEqual([3, expect.stringContaining("[stick_unknown]")]);
  const none = await stick.run("stick", "inspect", stick.path);
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining("--farm-key")]);
  await truncate(stick.path, stick.offsetOf("b.txt"));
  expect((await stick.inspect()).status).toBe(1);
});

test.each([
  ["agrees", "succeeded", 0],
  ["differs", "failed", 0],
])("stick inspect says that the controller's record %s", async (result, outcome, status) => {
  const stick = await setUp();
  const { manifestSha256 } = stick;
  const recorded = { stickId: STICK_ID, buildId: "b1", manifestSha256, outcome };
  const attempts = [StickAttempt.fromPartial(recorded)];
  const answers: Answers = {
    getStick: ({ name }) =>
      name === STICK_ID
        ? ok({ sticks: [{ stick: undefined, attempts }] })
        : fail({ code: "stick_not_recorded", detail: "" }),
  };
  const controller = await startTestController(onTestFinished, answers);
  const args = ["stick", "inspect", stick.path, ...stick.key, "-o", "json"];
  const ended = await controller.run(args);
  expect([ended.status, JSON.parse(ended.stdout).record.result]).toEqual([status, result]);
});

test("stick inspect compares an image with the record behind it", async () => {
  const stick = await setUp(imageOf(IMAGE));
  const good = await stick.inspect();
  expect([good.status, good.stderr]).toEqual([0, ""]);
  expect(good.stdout).toMatch(/^Build: +b1$/m);
  await flip(stick.path, 299_999);
  expect((await stick.inspect()).stderr).toContain('"image" changed');
  await fillStart(stick.path, 0);
  expect((await stick.inspect()).stderr).toContain("[stick_unsealed]");
  const other = await setUp();
  const foreign = await stick.inspect("--farm-key", other.keyPath);
  expect(foreign.stderr).toContain("[stick_foreign]");
});

test("stick inspect cannot prove an image that was written by a block map", async () => {
  const stick = await setUp(imageOf(IMAGE, [{ offsetBytes: 0, lengthBytes: 4096 }]));
  const { status, stdout, stderr } = await stick.inspect();
  expect([status, stderr]).toEqual([1, expect.stringContaining("[stick_unproven]")]);
  expect(stdout).toMatch(/^Build: +b1$/m);
});

test("stick inspect finds nothing of ours behind an image that is alone on its stick", async () => {
  const stick = await setUp({ ...imageOf(IMAGE), passport: false });
  expect((await stick.inspect()).stderr).toContain("[stick_unknown]");
});

async function setUp(body?: Manifest["body"]) {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "stick.img");
  const keyPath = join(folder, "key");
  const made = await makeStick(path, FILES, body);
  await writeFile(keyPath, made.farmKeyPem);
  const env = { STICKFARM_DATA: join(folder, "farm") };
  const key = ["--farm-key", keyPath];
  const run = async (...args: string[]) => {
    const { io, stdout, stderr } = makeIo({ env });
    const status = await runProgram(args, io, { openController: async () => fail(AWAY) });
    return { status, stdout: stdout(), stderr: stderr() };
  };
  const inspect = (...args: string[]) => run("stick", "inspect", path, ...key, ...args);
  return { ...made, path, keyPath, key, run, inspect };
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  await file.close();
}

async function fillStart(path: string, byte: number): Promise<void> {
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(4096, byte), 0, 4096, 0);
  await file.close();
}
