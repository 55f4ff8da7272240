import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { fail, ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import type { Content } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { type Answers, startTestController } from "../test-controller.ts";

const IMAGE = Buffer.alloc(1024 * 1024, "stickfarm");

test("content add sends the files of a folder before it names them", async () => {
  const { run, folder, library, registered } = await setUp();
  await plant(folder, { "a.txt": "one", "sub/b.txt": "two", "sub/again.txt": "one" });
  await mkdir(join(folder, "empty"));
  const { status, stdout, stderr } = await run(["content", "add", folder, "--name", "tools"]);
  expect([status, stderr]).toEqual([0, "Sent 6 B\n"]);
  expect(stdout).toMatch(/^Added tools, tree, digest [0-9a-f]{64}\n$/);
  expect(registered).toMatchObject([
    {
      name: "tools",
      body: {
        $case: "tree",
        value: {
          files: [
            { path: "a.txt", blob: { sha256: sha256("one"), sizeBytes: 3 } },
            { path: "sub/again.txt" },
            { path: "sub/b.txt", blob: { sha256: sha256("two") } },
          ],
          emptyDirectories: ["empty"],
        },
      },
    },
  ]);
  expect(await library.has(sha256("one"))).toBe(true);
  expect(await library.has(sha256("two"))).toBe(true);
});

test("content add sends a packed image as it is, and knows what it expands to", async () => {
  const { run, folder, library, registered } = await setUp();
  const packed = gzipSync(IMAGE);
  await writeFile(join(folder, "x.img.gz"), packed);
  const args = ["content", "add", join(folder, "x.img.gz"), "--name", "x", "-o", "json"];
  const { status, stdout } = await run(args);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    name: "x",
    kind: "image",
    bootImage: null,
    image: { sha256: sha256(IMAGE), sizeBytes: IMAGE.length },
  });
  expect(registered).toMatchObject([
    {
      body: { $case: "image", value: { compression: "gzip", stored: { sha256: sha256(packed) } } },
    },
  ]);
  expect(await library.has(sha256(packed))).toBe(true);
});

test("content add sends nothing twice", async () => {
  const { run, folder } = await setUp();
  await writeFile(join(folder, "x.img"), IMAGE);
  const args = ["content", "add", join(folder, "x.img"), "--name", "x"];
  expect((await run(args)).stderr).toBe("Sent 1.00 MiB\n");
  expect((await run(args)).stderr).toBe("Sent 0 B, 1.00 MiB were there already\n");
});

test("content add prints every problem of a folder and sends nothing", async () => {
  const { run, folder, registered } = await setUp();
  await plant(folder, { "a?.txt": "one", "b.txt": "two", "B.TXT": "three" });
  await symlink("/etc/hostname", join(folder, "out"));
  const { status, stdout, stderr } = await run(["content", "add", folder, "--name", "tools"]);
  expect([status, stdout, registered]).toEqual([2, "", []]);
  for (const code of ["name_not_fat", "names_collide", "path_leaves_tree"])
    expect(stderr).toContain(`[${code}]`);
});

test.each([
  [["--name", "No Name"], 2, "name_invalid"],
  [["--name", "x", "--max-expanded", "1000kB"], 2, "image_too_large"],
  [["--name", "x", "--max-expanded", "lots"], 2, "usage"],
  [["--name", "x", "--bmap", "/nonexistent/map"], 3, "path_missing"],
])("content add of an image with %j is refused", async (options, status, code) => {
  const { run, folder, registered } = await setUp();
  await writeFile(join(folder, "x.img.gz"), gzipSync(IMAGE));
  const ended = await run(["content", "add", join(folder, "x.img.gz"), ...options]);
  expect([ended.status, registered]).toEqual([status, []]);
  expect(ended.stderr).toContain(`[${code}]`);
});

test("content add refuses what is not there, and image options for a folder", async () => {
  const { run, folder } = await setUp();
  expect((await run(["content", "add", join(folder, "no"), "--name", "x"])).status).toBe(3);
  const { status, stderr } = await run(["content", "add", folder, "--name", "x", "--bmap", "y"]);
  expect(status).toBe(2);
  expect(stderr).toContain("it is a folder");
});

test.each(["hq.pfx", "HQ.P12"])("content add takes %s for what it is, a file", async (name) => {
  const { run, folder, registered } = await setUp();
  await plant(folder, { [name]: "a certificate" });
  const path = join(folder, name);
  expect((await run(["content", "add", path, "--name", "hq-cert"])).status).toBe(0);
  expect(registered).toMatchObject([
    { name: "hq-cert", body: { $case: "tree", value: { files: [{ path: name }] } } },
  ]);
  const bmap = await run(["content", "add", path, "--name", "x", "--bmap", "y"]);
  expect([bmap.status, bmap.stderr.includes("it is a certificate")]).toEqual([2, true]);
});

test("content add tells that the name belongs to other content", async () => {
  const { run, folder } = await setUp({
    registerContent: () => fail({ code: "name_taken", detail: 'Cannot add "x": it is taken' }),
  });
  await plant(folder, { "a.txt": "one" });
  expect((await run(["content", "add", folder, "--name", "x"])).status).toBe(2);
});

test("boot-image add tells what a folder starts on", async () => {
  const { run, folder, registered } = await setUp();
  await plant(folder, {
    "EFI/BOOT/BOOTX64.EFI": "loader",
    "boot/grub/i386-pc/boot.img": "boot",
    "boot/grub/i386-pc/core.img": "core",
  });
  const { status, stderr } = await run(["boot-image", "add", folder, "--name", "live"]);
  expect(status).toBe(0);
  expect(stderr).toContain("Found: UEFI on x64; BIOS by GRUB\n");
  expect(registered).toMatchObject([
    { name: "live", bootImage: { architectures: ["x64"], biosBoot: "grub" } },
  ]);
});

test("boot-image add believes --arch, and no folder that nothing starts", async () => {
  const { run, folder, registered } = await setUp();
  await plant(folder, { "readme.txt": "one" });
  const add = ["boot-image", "add", folder, "--name", "live"];
  const refused = await run(add);
  expect([refused.status, registered]).toEqual([2, []]);
  expect(refused.stderr).toContain("nothing that firmware starts");
  expect((await run([...add, "--arch", "arm"])).status).toBe(2);
  expect((await run([...add, "--arch", "x64,x86", "--arch", "arm64"])).status).toBe(0);
  expect(registered).toMatchObject([{ bootImage: { architectures: ["x64", "x86", "arm64"] } }]);
});

test("boot-image add keeps names and dates of Windows PE as copype lays it", async () => {
  const { run, folder, registered } = await setUp();
  const names = ["bootmgr", "bootmgr.efi", "Boot/BCD", "Boot/boot.sdi", "EFI/Boot/bootx64.efi"];
  const tree = join(folder, "media");
  await plant(tree, Object.fromEntries(names.map((name) => [name, name])));
  await plant(folder, { "pe/Windows/System32/winpeshl.ini": "[LaunchApps]" });
  await mkdir(join(tree, "sources"));
  const wim = join(tree, "sources/boot.wim");
  const capture = ["capture", join(folder, "pe"), wim, "Microsoft Windows PE (x64)", "--boot"];
  execFileSync("wimlib-imagex", capture, { stdio: "pipe" });
  const properties = ["--image-property", "WINDOWS/ARCH=9"];
  execFileSync("wimlib-imagex", ["info", wim, "1", ...properties], { stdio: "pipe" });
  const paths = [...names, "sources/boot.wim"];
  for (const [index, path] of paths.entries()) await utimes(join(tree, path), 1e9, 1e9 + index);
  const add = ["boot-image", "add", tree, "--name", "winpe", "--driver-class", "net,storage"];
  expect((await run(add)).status).toBe(0);
  const files = paths.map((path, index) => ({ path, modifiedAtMs: (1e9 + index) * 1000 }));
  files.sort((one, other) => (one.path < other.path ? -1 : 1));
  const name = "Microsoft Windows PE (x64)";
  const images = [{ index: 1, name, architecture: "x64" }];
  expect(registered).toMatchObject([
    {
      body: { value: { files } },
      bootImage: {
        architectures: ["x64"],
        details: { windowsImages: [{ path: "sources/boot.wim", bootIndex: 1, images }] },
      },
    },
  ]);
});

test("boot-image add believes --driver-class, and no class that there is not", async () => {
  const { run, folder, registered } = await setUp();
  await plant(folder, { "EFI/BOOT/BOOTX64.EFI": "loader" });
  const add = ["boot-image", "add", folder, "--name", "live", "--driver-class"];
  expect((await run([...add, "graphics"])).status).toBe(2);
  expect((await run([...add, "storage,net"])).status).toBe(0);
  const drivers = { declared: ["storage", "net"], isFoundKnown: false };
  expect(registered).toMatchObject([{ bootImage: { details: { drivers } } }]);
});

test("boot-image add sends nothing of an image with a broken Windows image", async () => {
  const { run, folder, registered } = await setUp();
  await plant(folder, { "EFI/BOOT/BOOTX64.EFI": "loader", "sources/boot.wim": "MSWIM\0\0\0 cut" });
  const { status, stderr } = await run(["boot-image", "add", folder, "--name", "live"]);
  expect([status, registered]).toEqual([2, []]);
  expect(stderr).toMatch(
    /Cannot use "sources\/boot.wim" of the boot image[\s\S]*\[archive_unreadable\]/,
  );
});

test("content add can be stopped while it reads, and adds nothing", async () => {
  const { start, folder, registered } = await setUp();
  await writeFile(join(folder, "x.img"), Buffer.alloc(256 * 1024 * 1024, 1));
  const started = start(["content", "add", join(folder, "x.img"), "--name", "x"]);
  await new Promise(setImmediate);
  const interrupting = setInterval(started.interrupt, 5);
  const { status, stderr } = await started.ended;
  clearInterval(interrupting);
  expect([status, registered]).toEqual([130, []]);
  expect(stderr).toContain("Stopped, nothing was added");
});

async function setUp(answers: Answers = {}) {
  const registered: Content[] = [];
  const controller = await startTestController(onTestFinished, {
    registerContent: ({ content }) => {
      if (content !== undefined) registered.push(content);
      return ok({ content });
    },
    ...answers,
  });
  return { ...controller, folder: await makeTemporaryFolder(onTestFinished), registered };
}

async function plant(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
