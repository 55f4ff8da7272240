import { createHash } from "node:crypto";
import { chmod, chown, copyFile, mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GIB, MIB, TIB } from "@stickfarm/common/bytes";
import { packedFixture, zipFixture } from "@stickfarm/common/rim/packed-fixtures";
import { expect, test } from "vitest";
import { PROGRAMS } from "../support/processes.ts";
import { missingPrograms, runProgram } from "../support/run-program.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { makeImage } from "./support/make-image.ts";
import { type Refusal, refusalOf } from "./support/refusal.ts";
import { startLine } from "./support/shell.ts";

const LIMIT = { timeout: 600_000 };
const NOBODY = 65_534;

test(
  "content add names everything in a folder that cannot be content, at once, and hashes nothing",
  LIMIT,
  async () => {
    const farm = await startFarm({ agents: {} });

    await plant(farm, {
      "good.txt": "good",
      "a:b": "colon",
      CON: "device of Windows",
      "con.txt": "the same",
      "trailing.": "dot",
      "bell\u0007": "control",
      "sub/Readme": "one",
      "sub/README": "other",
    });
    const folder = join(farm.directory, "tree");
    await runProgram("mkfifo", [join(folder, "pipe")]);
    const hasDevice = await makeDevice(join(folder, "device"));
    await symlink("/dev/null", join(folder, "null"));
    await symlink("../outside.txt", join(folder, "leaves"));
    await writeFile(join(farm.directory, "outside.txt"), "outside");
    await symlink("nowhere", join(folder, "dangling"));
    await symlink("..", join(folder, "sub/loop"));
    // Nobody waits for so much to be hashed: their sizes are enough.
    await writeFile(join(folder, "large.iso"), "");
    await truncate(join(folder, "large.iso"), 4 * GIB);
    await writeFile(join(folder, "endless.bin"), "");
    await truncate(join(folder, "endless.bin"), TIB);

    const ended = await farm.run("content", "add", "tree", "--name", "tree", "-o", "json");
    const said = ended.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Refusal);
    const found = said.map(
      ({ code, detail }) => `${code} ${/"((?:[^"\\]|\\.)*)"/.exec(detail)?.[1]}`,
    );
    expect(found.sort()).toEqual(
      [
        "file_too_large endless.bin",
        "file_too_large large.iso",
        "name_not_fat CON",
        "name_not_fat a:b",
        "name_not_fat bell\\u0007",
        "name_not_fat con.txt",
        "name_not_fat trailing.",
        "names_collide sub/Readme",
        "path_leaves_tree leaves",
        "path_leaves_tree null",
        "path_missing dangling",
        ...(hasDevice ? ["path_not_content device"] : []),
        "path_not_content pipe",
        "path_not_content sub/loop",
      ].sort(),
    );
    expect(said.every(({ remedy }) => remedy !== "")).toBe(true);
    expect(said.find(({ detail }) => detail.includes("large.iso"))?.detail).toContain(
      `${4 * GIB} bytes`,
    );
    expect(ended.code).toBe(said.at(-1)?.exit);
    expect(await contents(farm)).toEqual([]);
  },
);

test(
  "content add refuses what is missing, no file, or no image that its program would take",
  LIMIT,
  async () => {
    const farm = await startFarm({ agents: {} });
    const write = (name: string, bytes: Uint8Array | string) =>
      writeFile(join(farm.directory, name), bytes);
    await runProgram("mkfifo", [join(farm.directory, "pipe")]);
    await mkdir(join(farm.directory, "empty"));
    await write("bad.gz", damaged(packedFixture("gzip")));
    await write("cut.gz", packedFixture("gzip").subarray(0, -9));
    await write("bad.xz", damaged(packedFixture("xz")));
    const entries = ["one.img", "two.img"].map((name) => ({
      name,
      bytes: Buffer.alloc(4096, name),
    }));
    await write("two.zip", zipFixture(entries));
    await makeImage(join(farm.directory, "disk.img"), MIB);
    await write("disk.bmap", blockMap(MIB));
    await write("other.bmap", blockMap(2 * MIB));
    const refused: readonly (readonly [string, string, number])[] = [
      ["missing", "path_missing", 3],
      ["empty", "usage", 2],
      ["pipe", "path_not_content", 2],
      ["/dev/null", "path_not_content", 2],
      ["bad.gz", "archive_unreadable", 2],
      ["cut.gz", "archive_unreadable", 2],
      ["bad.xz", "archive_unreadable", 2],
      ["two.zip", "archive_unreadable", 2],
      ["disk.img --bmap disk.bmap", "block_map_invalid", 2],
      ["disk.img --bmap other.bmap", "block_map_invalid", 2],
      ["disk.img --bmap disk.img", "block_map_invalid", 2],
      ["disk.img --bmap missing.bmap", "path_missing", 3],
    ];
    const wrong: unknown[] = [];
    for (const [words, code, exit] of refused) {
      const ended = await farm.run(
        "content",
        "add",
        ...words.split(" "),
        "--name",
        "x",
        "-o",
        "json",
      );
      const refusal = refusalOf(ended);
      const [path = ""] = words
        .split(" ")
        .filter((word) => !word.startsWith("-"))
        .slice(-1);
      // The one block map of a call is spoken of without its name.
      const named = code === "block_map_invalid" || refusal.detail.includes(path);
      if (refusal.code !== code || refusal.exit !== exit || !named) wrong.push({ words, refusal });
    }
    expect(wrong).toEqual([]);
    expect(await contents(farm)).toEqual([]);
    expect((await farm.run("content", "add", "disk.img", "--name", "x")).code).toBe(0);
  },
);

test("content add names the file that its user may not read", LIMIT, async ({ skip }) => {
  const isRoot = process.getuid?.() === 0;
  if (isRoot && missingPrograms("setpriv").length > 0)
    skip("root reads every file: setpriv is not here");
  const farm = await startFarm({ agents: {} });
  const folder = join(farm.directory, "tree");
  await plant(farm, { "good.txt": "good", "closed.txt": "closed" });
  await chmod(join(folder, "closed.txt"), 0);
  // Somebody else than root, with a copy of the operator's configuration and a folder of his own.
  const home = join(farm.directory, "home");
  await mkdir(home);
  await copyFile(join(farm.directory, "farm/operator.yaml"), join(home, "operator.yaml"));
  if (isRoot) {
    await chmod(farm.directory, 0o755);
    for (const path of [home, join(home, "operator.yaml")]) await chown(path, NOBODY, NOBODY);
  }
  const as = isRoot ? `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups ` : "";
  const command = `content add tree --name tree -o json`;
  const program = startLine(`exec ${as}${process.execPath} ${PROGRAMS.stickfarm} ${command}`, {
    cwd: farm.directory,
    env: { STICKFARM_CONFIG: join(home, "operator.yaml"), STICKFARM_DATA: home, HOME: home },
  });
  const refusal = refusalOf(await program.ended);
  expect(refusal).toMatchObject({ code: "path_unreadable", exit: 4 });
  expect(refusal.detail).toContain('"closed.txt"');
  expect(await contents(farm)).toEqual([]);
});

/** Whether it could be made: root may, unless a container keeps root from it. */
async function makeDevice(path: string): Promise<boolean> {
  try {
    await runProgram("mknod", [path, "c", "1", "3"]);
    return true;
  } catch {
    return false;
  }
}

async function contents(farm: TestFarm): Promise<unknown> {
  return JSON.parse(await farm.must("content", "list", "-o", "json"));
}

async function plant(farm: TestFarm, tree: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(tree)) {
    const file = join(farm.directory, "tree", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** With one byte in the middle turned. */
function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 0xff;
  return copy;
}

/** A sound block map, of an image of zeros; no image here is one. */
function blockMap(imageBytes: number): string {
  const sha256 = (text: Uint8Array | string) => createHash("sha256").update(text).digest("hex");
  const blocks = imageBytes / 4096;
  const text = (checksum: string) => `<?xml version="1.0" ?>
<bmap version="2.0">
    <ImageSize> ${imageBytes} </ImageSize>
    <BlockSize> 4096 </BlockSize>
    <BlocksCount> ${blocks} </BlocksCount>
    <MappedBlocksCount> ${blocks} </MappedBlocksCount>
    <ChecksumType> sha256 </ChecksumType>
    <BmapFileChecksum> ${checksum} </BmapFileChecksum>
    <BlockMap>
        <Range chksum="${sha256(Buffer.alloc(imageBytes))}"> 0-${blocks - 1} </Range>
    </BlockMap>
</bmap>
`;
  return text(sha256(text("0".repeat(64))));
}
