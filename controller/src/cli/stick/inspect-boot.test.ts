import { randomBytes } from "node:crypto";
import { open, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KIB, MIB } from "@stickfarm/common/bytes";
import type { Manifest } from "@stickfarm/common/media/manifest";
import { fail } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../run-program.ts";
import { makeIo } from "../test-cli.ts";
import { imageOf, makeStick, treeOf } from "./stick-fixture.ts";

const AWAY = { code: "controller_unreachable", detail: "Cannot reach the controller" } as const;
const FILES = { "boot.img": bootImage(), "core.img": coreImage(), "a.txt": "a" };
const IMAGE = Buffer.concat([Buffer.alloc(256 * KIB, 1), Buffer.alloc(MIB), Buffer.alloc(5000, 2)]);
/** All of it but the zeros. */
const MAP = [
  { offsetBytes: 0, lengthBytes: 256 * KIB },
  { offsetBytes: 256 * KIB + MIB, lengthBytes: 5000 },
];

test.each([
  ["mbr", "boot code", 10],
  ["mbr", "boot code", 512 + 600],
  ["mbr", "boot code", MIB - 1],
  ["mbr", "partition table", 440],
  ["mbr", "partition table", 446 + 16 + 8],
  ["gpt", "boot code", 10],
  ["gpt", "boot code", 34 * 512 + 600],
  ["gpt", "partition table", 512 + 56],
  ["gpt", "partition table", 1024 + 56],
] as const)(
  "stick inspect names what of an %s stick's %s differs at byte %d",
  async (table, path, at) => {
    const stick = await setUp(FILES, treeOf(FILES, table));
    const intact = await stick.inspect();
    expect([intact.status, intact.stderr]).toEqual([0, ""]);
    expect(JSON.parse(intact.stdout)).toMatchObject({ verdict: "intact", notCompared: [] });
    await flip(stick.path, at);
    const { status, stdout } = await stick.inspect();
    expect([status, JSON.parse(stdout)]).toMatchObject([
      1,
      { verdict: "changed", findings: [{ what: "changed", path }], goodFiles: 3 },
    ]);
  },
);

test.each(["mbr", "gpt"] as const)(
  "stick inspect calls the image of an %s stick intact on a larger drive",
  async (table) => {
    const stick = await setUp(FILES, treeOf(FILES, table));
    await truncate(stick.path, 80 * MIB);
    expect((await stick.inspect()).status).toBe(0);
  },
);

test("stick inspect says that it did not compare boot code of which nothing is on the stick", async () => {
  const body = treeOf(FILES);
  const stick = await setUp(FILES, { ...body, files: body.files.slice(2) });
  await flip(stick.path, 10);
  const { status, stdout } = await stick.inspect();
  expect([status, JSON.parse(stdout)]).toMatchObject([
    0,
    { verdict: "intact", notCompared: [expect.stringContaining("boot code")] },
  ]);
});

test("stick inspect proves what a block map had written, whatever lies in its holes", async () => {
  const stick = await setUp({ image: IMAGE }, imageOf(IMAGE, MAP));
  await flip(stick.path, 300 * KIB);
  const intact = await stick.inspect();
  expect([intact.status, intact.stderr]).toEqual([0, ""]);
  expect(JSON.parse(intact.stdout)).toMatchObject({
    verdict: "intact",
    readBytes: 256 * KIB + 5000,
    notCompared: ["1.00 MiB that the image's block map leaves out"],
  });
  await flip(stick.path, 256 * KIB + MIB + 4999);
  const changed = await stick.inspect();
  expect([changed.status, JSON.parse(changed.stdout)]).toMatchObject([1, { verdict: "unproven" }]);
  expect(changed.stderr).toContain("stick_unproven");
});

test("stick open shows the build of an image, by the record behind it", async () => {
  const stick = await setUp({ image: IMAGE }, imageOf(IMAGE));
  const opened = await stick.open();
  expect([opened.status, opened.stderr]).toEqual([0, ""]);
  expect(JSON.parse(opened.stdout)).toMatchObject({
    kind: "image",
    media: { name: "hq", revision: 1 },
    passport: { buildId: "b1" },
    settings: null,
    checks: [
      { what: "manifest.sig", result: "ok" },
      { what: "sealed part", result: "unknown" },
    ],
  });
  await flip(stick.path, 0);
  const taken = await stick.open();
  expect([taken.status, taken.stderr]).toMatchObject([3, expect.stringContaining("stick_unknown")]);
});

async function setUp(files: Readonly<Record<string, string | Buffer>>, body: Manifest["body"]) {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "stick.img");
  const keyPath = join(folder, "key");
  const { farmKeyPem } = await makeStick(path, files, body);
  await writeFile(keyPath, farmKeyPem);
  const run = async (command: string) => {
    const { io, stdout, stderr } = makeIo({ env: { STICKFARM_DATA: join(folder, "farm") } });
    const args = ["stick", command, path, "--farm-key", keyPath, "-o", "json"];
    const status = await runProgram(args, io, { openController: async () => fail(AWAY) });
    return { status, stdout: stdout(), stderr: stderr() };
  };
  return { path, inspect: () => run("inspect"), open: () => run("open") };
}

function bootImage(): Buffer {
  const bytes = randomBytes(512);
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

function coreImage(): Buffer {
  const bytes = randomBytes(3000);
  bytes.writeUInt16LE(0x820, 510);
  return bytes;
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  await file.close();
}
