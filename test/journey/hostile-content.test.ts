/** Content that was made to hurt: a clear problem, nothing kept, no more memory than for a decent one. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { bzip2Bomb, packedFixture, zipFixture } from "@stickfarm/common/rim/packed-fixtures";
import { expect, test } from "vitest";
import { measureToEnd, peakBytesOf } from "../support/peak-memory.ts";
import { startProgram } from "../support/processes.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { refusalOf } from "./support/refusal.ts";

const LIMIT = { timeout: 600_000 };
/** What an idle command holds is about a third of it. */
const PEAK_MAX_BYTES = 400 * MIB;

test("content add stops a bomb at the bound, with the memory of a small image", LIMIT, async () => {
  const farm = await startFarm({ agents: {} });
  const before = await filesOf(farm);
  const gibi = (bytes: Buffer, times: number) => Buffer.concat(Array(times).fill(bytes));
  const bombs: readonly (readonly [string, Buffer])[] = [
    ["bomb.gz", gibi(packedFixture("gzip"), 1024)],
    ["bomb.xz", gibi(packedFixture("xz"), 1024)],
    ["bomb.zst", gibi(packedFixture("zstd"), 1024)],
    ["bomb.bz2", gibi(bzip2Bomb(), 16)],
    ["bomb.zip", zipFixture([{ name: "disk.img", bytes: Buffer.alloc(512 * MIB) }])],
  ];
  const seen: unknown[] = [];
  for (const [name, bytes] of bombs) {
    await writeFile(join(farm.directory, name), bytes);
    const ended = await add(farm, name, "--max-expanded", "200MiB");
    const { code, exit, detail } = refusalOf(ended);
    const isBounded = ended.peakBytes > 0 && ended.peakBytes < PEAK_MAX_BYTES;
    seen.push({
      name,
      code,
      exit,
      isNamed: detail.includes(name),
      isBounded: isBounded || ended.peakBytes,
    });
  }
  const refusal = { code: "image_too_large", exit: 2, isNamed: true, isBounded: true };
  expect(seen).toEqual(bombs.map(([name]) => ({ name, ...refusal })));
  expect(await filesOf(farm)).toEqual(before);
});

test(
  "content add refuses what was cut short or lies about itself, and keeps nothing of it",
  LIMIT,
  async () => {
    const farm = await startFarm({ agents: {} });
    const before = await filesOf(farm);
    const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.8));
    const climbing = { name: "../../../../tmp/evil.img", bytes: Buffer.alloc(4096, 1) };
    const files: readonly (readonly [string, Buffer, string])[] = [
      ["cut.xz", cut(packedFixture("xz")), "archive_unreadable"],
      ["cut.zst", cut(packedFixture("zstd")), "archive_unreadable"],
      ["cut.bz2", cut(packedFixture("bzip2")), "archive_unreadable"],
      ["cut.zip", cut(packedFixture("zip")), "archive_unreadable"],
      ["sum.zip", zipFixture([{ ...climbing, name: "a.img", checksum: 7 }]), "archive_unreadable"],
      ["climb.zip", zipFixture([climbing]), "archive_unreadable"],
    ];
    const seen: unknown[] = [];
    for (const [name, bytes] of files) {
      await writeFile(join(farm.directory, name), bytes);
      const { code, detail } = refusalOf(await add(farm, name));
      seen.push({ name, code, isNamed: detail.includes(name) });
    }
    expect(seen).toEqual(files.map(([name, , code]) => ({ name, code, isNamed: true })));
    expect(await filesOf(farm)).toEqual(before);
    expect(await readdir("/tmp")).not.toContain("evil.img");
  },
);

test(
  "content add takes 100,000 files, and neither program grows with them beyond its bound",
  LIMIT,
  async () => {
    const farm = await startFarm({ agents: {} });
    for (let folder = 0; folder < 200; folder += 1) {
      const path = join(farm.directory, "tree", `folder ${folder}`);
      await mkdir(path, { recursive: true });
      const names = Array.from({ length: 500 }, (_, file) => `a file with a long name ${file}.txt`);
      // Few different ones: names are what there are many of.
      await Promise.all(names.map((name, file) => writeFile(join(path, name), `${file % 7}`)));
    }
    const added = await add(farm, "tree");
    expect(added, added.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(added.stdout)).toMatchObject({ fileCount: 100_000 });
    expect((await filesOf(farm)).blobs).toHaveLength(7);
    expect(added.peakBytes).toBeLessThan(512 * MIB);
    expect(peakBytesOf(farm.controller().pid)).toBeLessThan(768 * MIB);
    const crowded = join(farm.directory, "crowded");
    await mkdir(crowded);
    for (let file = 0; file < 22_000; file += 500)
      await Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          writeFile(
            join(crowded, `one of far too many files in one folder ${file + index}.txt`),
            "",
          ),
        ),
      );
    expect(refusalOf(await add(farm, "crowded", "--name", "crowded"))).toMatchObject({
      code: "directory_too_large",
    });
  },
);

function add({ directory, env }: TestFarm, path: string, ...options: string[]) {
  const name = options.includes("--name") ? [] : ["--name", "x"];
  const args = ["content", "add", path, ...name, ...options, "-o", "json"];
  return measureToEnd(startProgram("stickfarm", args, { cwd: directory, env }));
}

/** What the library holds, half received blobs among it, and what is known by name. */
async function filesOf(farm: TestFarm) {
  const library = join(farm.directory, "farm/library");
  const entries = await readdir(library, { recursive: true, withFileTypes: true });
  const blobs = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const contents: unknown = JSON.parse(await farm.must("content", "list", "-o", "json"));
  return { blobs, contents };
}
