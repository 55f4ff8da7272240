import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { COMPRESSIONS, type Compression } from "../media/manifest.ts";
import { ok, type Result } from "../result.ts";
import { type ExpandOptions, expandFile } from "./expand-file.ts";
import { makeFakeTool } from "./fake-tool.ts";
import { bzip2Bomb, expandedFixture, packedFixture, zipFixture } from "./packed-fixtures.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { type FindTool, findTool } from "./tools.ts";

const PATIENT = { timeout: 10_000 };

const MAX_BYTES = 16 * 1024 * 1024;
const noTools: FindTool = async () => null;
const PROGRAMS = ["xz", "zstd", "bzip2"] as const;

type Variant = readonly [Compression, string, FindTool];
const packages = COMPRESSIONS.map((each): Variant => [each, "without programs", noTools]);
const isHere = await Promise.all(PROGRAMS.map((name) => findTool(name)));
const programs = PROGRAMS.filter((_, index) => isHere[index] !== null).map(
  (each): Variant => [each, "by its program", findTool],
);
const variants = [...packages, ...programs];

test.each(variants)("expandFile() expands %s %s", async (compression, _, find) => {
  const { result, bytes } = await expand(packedFixture(compression), {
    compression,
    findTool: find,
  });
  expect(result).toEqual(ok({ expandedBytes: 1024 * 1024 }));
  expect(bytes.equals(expandedFixture())).toBe(true);
});

test.each(variants.filter(([name]) => !["none", "zip"].includes(name)))(
  "expandFile() reads %s files of several members to the end %s",
  async (compression, _, find) => {
    const packed = packedFixture(compression);
    const twice = Buffer.concat([packed, packed]);
    const { bytes } = await expand(twice, { compression, findTool: find });
    expect(bytes.equals(Buffer.concat([expandedFixture(), expandedFixture()]))).toBe(true);
  },
);

test.each(variants.filter(([name]) => name !== "none"))(
  "expandFile() names a cut %s file %s",
  async (compression, _, find) => {
    const packed = packedFixture(compression);
    const cut = packed.subarray(0, Math.floor(packed.length * 0.7));
    const { result, path } = await expand(cut, { compression, findTool: find });
    expect(result).toMatchObject({ ok: false, problem: { code: "archive_unreadable" } });
    if (!result.ok) expect(result.problem.detail).toContain(`Cannot expand "${path}": `);
  },
);

test.each(variants.filter(([name]) => name !== "none"))(
  "expandFile() notices a changed byte in a %s file %s",
  async (compression, _, find) => {
    const packed = Buffer.from(packedFixture(compression));
    const at = Math.floor(packed.length * 0.4);
    packed[at] = packed.readUInt8(at) ^ 0xff;
    const { result } = await expand(packed, { compression, findTool: find });
    expect(result).toMatchObject({ ok: false, problem: { code: "archive_unreadable" } });
  },
);

test.each(variants)(
  "expandFile() stops a %s file at the bound %s",
  async (compression, _, find) => {
    const limited = { compression, findTool: find, maxExpandedBytes: 300_000 };
    const { result, bytes } = await expand(packedFixture(compression), limited);
    expect(result).toMatchObject({ ok: false, problem: { code: "image_too_large" } });
    expect(bytes.length).toBeLessThanOrEqual(300_000);
  },
);

test("expandFile() never holds more than one block of a bzip2 bomb", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "bomb");
  await writeFile(path, bzip2Bomb());
  let largestBytes = 0;
  const options = { compression: "bzip2", maxExpandedBytes: 2 ** 30, findTool: noTools } as const;
  const result = await expandFile(path, options, async (bytes) => {
    largestBytes = Math.max(largestBytes, bytes.length);
    return ok(undefined);
  });
  expect(result).toEqual(ok({ expandedBytes: 64 * 1024 * 1024 }));
  expect(largestBytes).toBeLessThan(48 * 1024 * 1024);
});

test.each(variants)("expandFile() ends a %s file when stopped %s", async (compression, _, find) => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, `stopped-${compression}`);
  await writeFile(path, packedFixture(compression));
  const stop = new AbortController();
  const options = { compression, maxExpandedBytes: MAX_BYTES, findTool: find, signal: stop.signal };
  const result = await expandFile(path, options, async () => {
    stop.abort();
    return ok(undefined);
  });
  // What fits into one chunk may be at its end before the stop is seen.
  if (!result.ok) expect(result.problem.code).toBe("canceled");
  expect(await expandFile(path, options, async () => ok(undefined))).toMatchObject({
    problem: { code: "canceled" },
  });
});

test("expandFile() hands on the sink's problem and kills the program", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const pidPath = join(folder, "pid");
  const find = await fakeTool(
    `require("fs").writeFileSync("${pidPath}", String(process.pid));
     process.stdout.on("error", () => undefined);
     setInterval(() => process.stdout.write(Buffer.alloc(65536)), 1);`,
  );
  const path = join(folder, "endless");
  await writeFile(path, "");
  const refusal = { ok: false, problem: { code: "disk_full", detail: "Cannot write" } } as const;
  const options = { compression: "xz", maxExpandedBytes: MAX_BYTES, findTool: find } as const;
  expect(await expandFile(path, options, async () => refusal)).toBe(refusal);
  const pid = Number(await readFile(pidPath, "utf8"));
  await expect.poll(() => isAlive(pid), PATIENT).toBe(false);
});

test("expandFile() gives the program's own words", async () => {
  const find = await fakeTool(`console.error("xz: it is all\\n\\nmud"); process.exitCode = 3;`);
  const { result } = await expand(Buffer.from("x"), { compression: "xz", findTool: find });
  expect(result).toMatchObject({
    problem: {
      code: "archive_unreadable",
      detail: expect.stringMatching(/says "xz: it is all; mud"$/),
    },
  });
});

test("expandFile() says so when the program cannot be started", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const find: FindTool = async () => join(folder, "no-such-program");
  const { result } = await expand(Buffer.from("x"), { compression: "zstd", findTool: find });
  expect(result).toMatchObject({ problem: { code: "tool_failed" } });
});

test("expandFile() names a missing file", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const options = { compression: "gzip", maxExpandedBytes: MAX_BYTES } as const;
  const result = await expandFile(join(folder, "none"), options, async () => ok(undefined));
  expect(result).toMatchObject({ problem: { code: "path_missing" } });
});

const image = { name: "disk.img", bytes: Buffer.from("image") };

test("expandFile() passes over directories and what macOS adds to a zip", async () => {
  const nothing = Buffer.alloc(0);
  const archive = zipFixture([
    { name: "release/", bytes: nothing },
    { name: "release/disk.img", bytes: image.bytes },
    { name: "__MACOSX/release/._disk.img", bytes: nothing },
  ]);
  const { bytes } = await expand(archive, { compression: "zip" });
  expect(bytes.toString()).toBe("image");
});

test.each([
  ["no file", zipFixture([]), /holds no file/],
  ["two files", zipFixture([image, { ...image, name: "b.img" }]), /"disk.img", "b.img", must hold/],
  ["a password", zipFixture([{ ...image, flags: 1 }]), /"disk.img" is encrypted/],
  ["an unknown method", zipFixture([{ ...image, method: 14 }]), /packed by method 14/],
  ["another checksum", zipFixture([{ ...image, checksum: 7 }]), /checksum of "disk.img"/],
])("expandFile() refuses a zip with %s", async (_, archive, words) => {
  const { result } = await expand(archive, { compression: "zip" });
  expect(result).toMatchObject({
    problem: { code: "archive_unreadable", detail: expect.stringMatching(words) },
  });
});

type Expanded = {
  readonly result: Result<{ readonly expandedBytes: number }>;
  readonly bytes: Buffer;
  readonly path: string;
};

async function expand(
  packed: Uint8Array,
  options: Partial<ExpandOptions> & Pick<ExpandOptions, "compression">,
): Promise<Expanded> {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "packed");
  await writeFile(path, packed);
  const chunks: Buffer[] = [];
  const result = await expandFile(
    path,
    { maxExpandedBytes: MAX_BYTES, ...options },
    async (bytes) => {
      chunks.push(Buffer.from(bytes));
      return ok(undefined);
    },
  );
  return { result, bytes: Buffer.concat(chunks), path };
}

/** A program of ours in the place of a decoder. */
async function fakeTool(script: string): Promise<FindTool> {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = await makeFakeTool(folder, script);
  return async () => path;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
