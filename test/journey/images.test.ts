import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KIB, MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { runProgram } from "../support/run-program.ts";
import { countRenames } from "./support/count-renames.ts";
import { digestOf, flipByte, readAt, sameBytes } from "./support/drive-bytes.ts";
import { buildIdOf, type DriveSpec, startFarm, type TestFarm } from "./support/farm.ts";
import { makeFatImage } from "./support/fat-image.ts";
import { checkFat, extractFat } from "./support/fat-stick.ts";
import { diskImage, makeImage, makeSparseImage } from "./support/make-image.ts";
import { fillWithOld, OLD_BYTE, typing } from "./support/old-data.ts";
import { refusalOf } from "./support/refusal.ts";

const LIMIT_MS = 120_000;
const LONG = { timeout: 400_000 };
const AGENT = "ws-1";

test(
  "a stick full of old data holds the image and nothing else within it, and a clean file system",
  LONG,
  async () => {
    const farm = await farmOf({ A1: "1GiB", B2: "1GiB" });
    const tree = await makeTree(farm);
    const sizeBytes = 400 * MIB;
    const image = join(farm.directory, "fat.img");
    await makeFatImage(image, {
      sizeBytes,
      paths: (await readdir(tree)).map((name) => join(tree, name)),
    });
    await fillWithOld(farm, AGENT, ["A1", "B2"]);
    await addImage(farm, "fat.img", "fat");
    await farm.must("content", "add", "tree", "--name", "tree");
    await apply(farm, "files", FILES);
    const builds = [
      await start(farm, "fat", ["1"], ...typing(["A1"])),
      await start(farm, "files", ["2"], ...typing(["B2"])),
    ];
    for (const build of builds) expect(await stateOf(farm, build)).toBe("succeeded");
    await sameBytes(driveOf(farm, "A1"), image, sizeBytes);
    for (const serial of ["A1", "B2"]) await isCleanFatWith(farm, serial, tree);
  },
);

test(
  "an image packed in each format is expanded once for two sticks, which hold the raw image",
  LONG,
  async () => {
    const farm = await farmOf({ A1: "64MiB", B2: "64MiB" });
    const sizeBytes = 24 * MIB + 512;
    await makeImage(join(farm.directory, "raw.img"), sizeBytes);
    const sha256 = await digestOf(join(farm.directory, "raw.img"));
    for (const [name, [program, ...args]] of Object.entries(PACKERS)) {
      await runProgram(program, args, { cwd: farm.directory });
      await addImage(farm, `raw.img.${name}`, name);
      await fillWithOld(farm, AGENT, ["A1", "B2"]);
      const cache = join(farm.directory, AGENT, "cache");
      const partials = countRenames(cache, `${sha256}.partial`);
      expect(
        await stateOf(farm, await start(farm, name, ["1", "2"], ...typing(["A1", "B2"]))),
        name,
      ).toBe("succeeded");
      // Made, and given its name.
      expect(partials.stop(), name).toBe(2);
      for (const serial of ["A1", "B2"])
        await sameBytes(driveOf(farm, serial), join(farm.directory, "raw.img"), sizeBytes);
      const large = await listLarge(cache);
      expect(large, name).toEqual([sha256]);
      await rm(join(cache, sha256));
    }
  },
);

test(
  "what a block map leaves out is not written, and a map of another image is refused",
  LONG,
  async () => {
    const farm = await farmOf({ A1: "96MiB" });
    const at = (name: string): string => join(farm.directory, name);
    const sizeBytes = 64 * MIB;
    await makeSparseImage(at("sparse.img"), { sizeBytes, ranges: DATA, seed: 1 });
    await makeSparseImage(at("other.img"), { sizeBytes, ranges: DATA, seed: 2 });
    for (const name of ["sparse", "other"])
      await runProgram("bmaptool", ["create", at(`${name}.img`), "-o", at(`${name}.bmap`)]);
    const add = ["content", "add", "sparse.img", "--name", "sparse", "-o", "json", "--bmap"];
    expect(refusalOf(await farm.run(...add, "other.bmap")).code).toBe("block_map_invalid");
    expect(await farm.must("content", "list")).not.toContain("sparse");
    await farm.must(...add, "sparse.bmap");
    await apply(farm, "sparse", diskImage("sparse", "sparse"));
    const drive = driveOf(farm, "A1");
    await fillWithOld(farm, AGENT, ["A1"]);
    expect(await stateOf(farm, await start(farm, "sparse", ["1"], ...typing(["A1"])))).toBe(
      "succeeded",
    );
    for (const { offsetBytes, lengthBytes } of DATA)
      expect(
        (await readAt(drive, offsetBytes, lengthBytes)).equals(
          await readAt(at("sparse.img"), offsetBytes, lengthBytes),
        ),
      ).toBe(true);
    for (const { offsetBytes, lengthBytes } of HOLES)
      expect(await isOld(drive, offsetBytes, lengthBytes), `${offsetBytes}`).toBe(true);
  },
);

test(
  "an image may end anywhere, and one that is larger than the drive is refused with both sizes",
  LONG,
  async () => {
    const farm = await farmOf({ A1: "32MiB", B2: "32MiB" });
    const sizes = { sectors: 5 * MIB + 512, bytes: 5 * MIB + 4096 + 77, large: 32 * MIB + 4096 };
    for (const [seed, [name, sizeBytes]] of Object.entries(sizes).entries()) {
      await makeImage(join(farm.directory, `${name}.img`), sizeBytes, seed + 1);
      await addImage(farm, `${name}.img`, name);
    }
    await fillWithOld(farm, AGENT, ["A1", "B2"]);
    for (const [name, bay, serial] of [
      ["sectors", "1", "A1"],
      ["bytes", "2", "B2"],
    ] as const) {
      const drive = driveOf(farm, serial);
      expect(await stateOf(farm, await start(farm, name, [bay], ...typing([serial]))), name).toBe(
        "succeeded",
      );
      await sameBytes(drive, join(farm.directory, `${name}.img`), sizes[name]);
      // Behind the image's last block.
      expect(await isOld(drive, 5 * MIB + 64 * KIB, 20 * MIB), name).toBe(true);
    }
    const before = await digestOf(driveOf(farm, "A1"));
    const planned = await farm.run("plan", "large", "--on", AGENT, "-o", "json");
    expect(refusalOf(planned).code).toBe("drive_refused");
    const plan = JSON.parse(planned.stdout) as Plan;
    const details = plan.drives.flatMap(({ refusals }) => refusals);
    expect(details.map(({ code }) => code)).toEqual(Array(2).fill("drive_too_small"));
    expect(details[0]?.detail).toContain(`${32 * MIB} bytes`);
    expect(details[0]?.detail).toContain(`${sizes.large} bytes`);
    const order = ["build", "start", "large", "--on", AGENT, "--yes", "-o", "json"];
    expect(refusalOf(await farm.run(...order)).code).toBe("drive_refused");
    expect(await digestOf(driveOf(farm, "A1"))).toBe(before);
  },
);

test(
  "content that rots in the library touches no stick, and what rots in the cache is fetched again",
  LONG,
  async () => {
    const farm = await farmOf({ A1: "64MiB" });
    const sizeBytes = 16 * MIB;
    const image = join(farm.directory, "raw.img");
    await makeImage(image, sizeBytes);
    await addImage(farm, "raw.img", "raw");
    const sha256 = await digestOf(image);
    const stored = join(farm.directory, "farm/library/sha256", sha256.slice(0, 2), sha256);
    const drive = driveOf(farm, "A1");
    await fillWithOld(farm, AGENT, ["A1"]);
    const before = await digestOf(drive);

    await flipByte(stored, 9 * MIB);
    const failed = await farm.ended(await start(farm, "raw", ["1"], ...typing(["A1"])), LIMIT_MS);
    expect(failed.jobs).toMatchObject([
      { state: "failed", dirty: false, problem: { code: "content_digest_mismatch" } },
    ]);
    expect(await digestOf(drive)).toBe(before);

    await flipByte(stored, 9 * MIB);
    await farm.must("build", "retry", failed.buildId);
    expect(await stateOf(farm, failed.buildId)).toBe("succeeded");
    await sameBytes(drive, image, sizeBytes);

    const cached = join(farm.directory, AGENT, "cache", sha256);
    await flipByte(cached, 3 * MIB);
    expect(await digestOf(cached)).not.toBe(sha256);
    expect(await stateOf(farm, await start(farm, "raw", ["1"]))).toBe("succeeded");
    await sameBytes(drive, image, sizeBytes);
    expect(await digestOf(cached)).toBe(sha256);

    // A disk that rots leaves the file's times as they were: found once it is written to a stick, and then fetched again.
    const times = join(farm.directory, "times");
    await runProgram("touch", ["--reference", cached, times]);
    await flipByte(cached, 3 * MIB);
    await runProgram("touch", ["--reference", times, cached]);
    const corrupt = await farm.ended(await start(farm, "raw", ["1"], "--full"), LIMIT_MS);
    expect(corrupt.jobs).toMatchObject([{ state: "failed", problem: { code: "cache_corrupt" } }]);
    await farm.must("build", "retry", corrupt.buildId);
    expect(await stateOf(farm, corrupt.buildId)).toBe("succeeded");
    await sameBytes(drive, image, sizeBytes);
  },
);

const PACKERS = {
  gz: ["gzip", "--keep", "raw.img"],
  xz: ["xz", "--keep", "-0", "raw.img"],
  zst: ["zstd", "--quiet", "raw.img"],
  bz2: ["bzip2", "--keep", "raw.img"],
  zip: ["zip", "--quiet", "raw.img.zip", "raw.img"],
} as const;

/** Ranges of a sparse image, and where a stick keeps what it held: maps are rounded outward to pieces of 256 KiB. */
const DATA = [
  { offsetBytes: 0, lengthBytes: MIB },
  { offsetBytes: 16 * MIB, lengthBytes: 4096 },
  { offsetBytes: 50 * MIB + 512 * KIB, lengthBytes: MIB },
];
const HOLES = [
  { offsetBytes: MIB, lengthBytes: 15 * MIB },
  { offsetBytes: 16 * MIB + 256 * KIB, lengthBytes: 34 * MIB },
  { offsetBytes: 52 * MIB, lengthBytes: 40 * MIB },
];

const FILES = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: files }
spec: { files: [{ content: tree }], output: { label: OLD DATA } }
`;

type Plan = {
  readonly drives: readonly {
    readonly refusals: readonly { readonly code: string; readonly detail: string }[];
  }[];
};

/** One agent with drives by serial; their bays are counted from 1. */
function farmOf(sizes: Readonly<Record<string, string>>): Promise<TestFarm> {
  const drives = Object.entries(sizes).map(
    ([serial, size], index): DriveSpec => ({ serial, bay: `${index + 1}`, size }),
  );
  return startFarm({ agents: { [AGENT]: drives } });
}

function driveOf(farm: TestFarm, serial: string): string {
  return farm.driveFile(AGENT, serial);
}

async function addImage(farm: TestFarm, path: string, name: string): Promise<void> {
  await farm.must("content", "add", path, "--name", name);
  await apply(farm, name, diskImage(name, name));
}

async function apply(farm: TestFarm, name: string, yaml: string): Promise<void> {
  await writeFile(join(farm.directory, `${name}.yaml`), yaml);
  await farm.must("media", "apply", "-f", `${name}.yaml`);
}

async function start(
  farm: TestFarm,
  media: string,
  bays: readonly string[],
  ...options: readonly string[]
): Promise<string> {
  const on = bays.flatMap((bay) => ["--on", `${AGENT}/${bay}`]);
  const order = ["build", "start", media, ...on, ...options, "--yes", "-o", "json"];
  return buildIdOf(await farm.must(...order));
}

async function stateOf(farm: TestFarm, buildId: string): Promise<string> {
  return (await farm.ended(buildId, LIMIT_MS)).state;
}

async function makeTree(farm: TestFarm): Promise<string> {
  const tree = join(farm.directory, "tree");
  await mkdir(join(tree, "a folder/deeper"), { recursive: true });
  await makeImage(join(tree, "payload.bin"), 20 * MIB + 1, 3);
  await makeImage(join(tree, "a folder/deeper/small file.dat"), 4095, 4);
  await writeFile(join(tree, "empty.txt"), "");
  return tree;
}

async function isCleanFatWith(farm: TestFarm, serial: string, tree: string): Promise<void> {
  const said = (await checkFat(driveOf(farm, serial), farm.directory)).trim().split("\n");
  expect(said).toEqual([
    expect.stringContaining("fsck.fat"),
    expect.stringMatching(/ \d+ files, \d+\/\d+ clusters$/),
  ]);
  const copied = join(farm.directory, `files-of-${serial}`);
  await extractFat(driveOf(farm, serial), copied);
  for (const name of await readdir(tree))
    await runProgram("diff", ["-r", join(tree, name), join(copied, name)]);
}

async function isOld(path: string, at: number, lengthBytes: number): Promise<boolean> {
  return (await readAt(path, at, lengthBytes)).equals(Buffer.alloc(lengthBytes, OLD_BYTE));
}

/** Blobs of the cache that could be an image. */
async function listLarge(cache: string): Promise<readonly string[]> {
  const names = (await readdir(cache)).filter((name) => /^[0-9a-f]{64}(\.partial)?$/.test(name));
  const sizes = await Promise.all(
    names.map(async (name) => (await readFile(join(cache, name))).length),
  );
  return names.filter((_, index) => (sizes[index] ?? 0) > MIB);
}
