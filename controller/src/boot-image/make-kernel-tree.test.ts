import { mkdir, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { scanTree } from "../content/scan-tree.ts";
import { KERNEL_HEAD_BYTES } from "../parse/parse-kernel-head.ts";
import { SHIM, SIGNED_GRUB } from "./boot-image-fixture.ts";
import { type KernelImage, withKernelTree } from "./make-kernel-tree.ts";

test("withKernelTree() puts the kernel among the loaders that Debian signed", async () => {
  const { image, folder } = await setUp();
  const { files, seen } = await makeTree(image, folder);
  expect(files.map(({ path }) => path)).toEqual([
    "EFI/BOOT/BOOTX64.EFI",
    "EFI/BOOT/grubx64.efi",
    "EFI/BOOT/mmx64.efi",
    "EFI/debian/grub.cfg",
    "boot/grub/grub.cfg",
    "boot/grub/i386-pc/boot.img",
    "boot/grub/i386-pc/core.img",
    expect.stringMatching(/^boot\/grub\/image-[0-9a-f]{16}$/),
    "boot/initrd.img",
    "boot/vmlinuz",
  ]);
  const marker = files[7]?.path ?? "";
  expect(seen["EFI/debian/grub.cfg"]?.toString()).toContain(`/${marker}`);
  expect(seen["boot/grub/grub.cfg"]?.toString()).toContain("linux /boot/vmlinuz 'quiet'\n");
  // It must fit between the partition table and a partition at 1 MiB.
  expect(seen["boot/grub/i386-pc/core.img"]?.length).toBeLessThan(1024 * 1024 - 512);
  expect(seen["EFI/BOOT/BOOTX64.EFI"]?.equals(await readFile(SHIM))).toBe(true);
  expect(seen["EFI/BOOT/grubx64.efi"]?.equals(await readFile(SIGNED_GRUB))).toBe(true);
  expect(await readdir(folder)).toEqual(["initrd", "kernel"]);
});

test("withKernelTree() makes the same tree of the same input, at any time", async () => {
  const { image, folder } = await setUp();
  const first = await makeTree(image, folder);
  expect((await makeTree(image, folder)).files).toEqual(first.files);
  const kernel = first.files.find(({ path }) => path === "boot/vmlinuz");
  const menu = first.files.find(({ path }) => path === "boot/grub/grub.cfg");
  expect([kernel?.modifiedAtMs, menu?.modifiedAtMs]).toEqual([
    1_700_000_000_000, 1_700_000_000_000,
  ]);
});

test("withKernelTree() marks each image by another file, so that sticks are not taken for each other", async () => {
  const { image, folder } = await setUp();
  const markers = new Set<string>();
  for (const change of [{}, { commandLine: "debug" }, { initrdPath: null }, { title: "other" }]) {
    const { files } = await makeTree({ ...image, ...change }, folder);
    markers.add(files.find(({ path }) => path.includes("/image-"))?.path ?? "");
  }
  expect(markers.size).toBe(4);
});

test("withKernelTree() names all of Debian's packages that are missing, and where it looked", async () => {
  const { image, folder } = await setUp();
  const loadersRoot = await makeTemporaryFolder(onTestFinished);
  await mkdir(join(loadersRoot, "usr/lib/shim"), { recursive: true });
  await symlink(SHIM, join(loadersRoot, "usr/lib/shim/shimx64.efi.signed"));
  const made = await withKernelTree(image, { loadersRoot, temporaryFolder: folder }, neverUsed);
  expect(made).toMatchObject({
    problem: {
      code: "boot_loader_missing",
      detail: expect.stringContaining(
        "`apt-get install shim-helpers-amd64-signed grub-efi-amd64-signed grub-pc-bin`",
      ),
    },
  });
  expect(made).toMatchObject({
    problem: { detail: expect.stringContaining(`"${loadersRoot}/usr/`) },
  });
});

test("withKernelTree() names grub-common when grub-mkimage is missing", async () => {
  const { image, folder } = await setUp();
  const findTool = async () => null;
  const options = { loadersRoot: "/", temporaryFolder: folder, findTool };
  expect(await withKernelTree(image, options, neverUsed)).toMatchObject({
    problem: { code: "tool_missing", detail: expect.stringContaining("grub-common") },
  });
  expect(await readdir(folder)).toEqual(["initrd", "kernel"]);
});

test.each<readonly [string, Partial<KernelImage>, string]>([
  ["no kernel", { kernelPath: "/etc/hostname" }, "usage"],
  ["a kernel that is not there", { kernelPath: "/nowhere/vmlinuz" }, "path_missing"],
  ["an initial RAM disk that is not there", { initrdPath: "/nowhere/initrd" }, "path_missing"],
  ["a folder", { initrdPath: "/etc" }, "path_not_content"],
  ["a command line with quotes", { commandLine: "a='b c'" }, "usage"],
])("withKernelTree() refuses %s", async (_, change, code) => {
  const { image, folder } = await setUp();
  const options = { loadersRoot: "/", temporaryFolder: folder };
  const made = await withKernelTree({ ...image, ...change }, options, neverUsed);
  expect(made).toMatchObject({ problem: { code } });
});

test("withKernelTree() refuses a kernel of 32 bits", async () => {
  const { image, folder } = await setUp({ flags: 0 });
  const options = { loadersRoot: "/", temporaryFolder: folder };
  expect(await withKernelTree(image, options, neverUsed)).toMatchObject({
    problem: { code: "usage", detail: expect.stringContaining("32-bit") },
  });
});

async function makeTree(image: KernelImage, folder: string) {
  const seen: Record<string, Buffer> = {};
  const made = await withKernelTree(
    image,
    { loadersRoot: "/", temporaryFolder: folder },
    async (tree) => {
      const scan = await scanTree(tree);
      if (!scan.ok) throw new Error(scan.problems[0]?.detail);
      for (const { path, localPath } of scan.value.files) seen[path] = await readFile(localPath);
      return scan.value.files.map(({ path, blob, modifiedAtMs }) => ({ path, blob, modifiedAtMs }));
    },
  );
  if (!made.ok) throw new Error(made.problem.detail);
  return { files: made.value, seen };
}

async function neverUsed(): Promise<never> {
  throw new Error("there is no tree to use");
}

async function setUp({ flags = 1 } = {}): Promise<{ image: KernelImage; folder: string }> {
  const folder = await makeTemporaryFolder(onTestFinished);
  const bytes = Buffer.alloc(KERNEL_HEAD_BYTES);
  bytes.write("HdrS", 0x202);
  bytes.writeUInt16LE(0x20f, 0x206);
  bytes.writeUInt16LE(flags, 0x236);
  const [kernelPath, initrdPath] = [join(folder, "kernel"), join(folder, "initrd")];
  await writeFile(kernelPath, bytes);
  await writeFile(initrdPath, "initrd");
  await utimes(kernelPath, 1_700_000_000, 1_700_000_000);
  return { folder, image: { kernelPath, initrdPath, commandLine: "quiet", title: "rescue" } };
}
