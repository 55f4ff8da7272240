import { execFileSync } from "node:child_process";
import { mkdir, open, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { cpioArchive } from "../parse/cpio-fixture.ts";
import { KERNEL_HEAD_BYTES } from "../parse/parse-kernel-head.ts";
import { plantBootFiles, SHIM, SIGNED_GRUB } from "./boot-image-fixture.ts";
import { type BootFile, inspectBootImage } from "./inspect-boot-image.ts";

const NOTHING = {
  loaders: [],
  kernels: [],
  windowsImages: [],
  drivers: { declared: [], found: null },
};

test("inspectBootImage() names the signers that sbverify names, and sees a changed bit", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const [shim, grub, changed] = await plantBootFiles(folder, {
    "EFI/BOOT/BOOTX64.EFI": { copyOf: SHIM },
    "EFI/BOOT/grubx64.efi": { copyOf: SIGNED_GRUB },
    "EFI/BOOT/changed.efi": { copyOf: SIGNED_GRUB },
  });
  await flipBit(changed, 100_000);
  const { loaders } = await inspect(shim, grub, changed);
  expect(loaders.map(({ architecture }) => architecture)).toEqual(["x64", "x64", "x64"]);
  expect(loaders.map(({ signatures }) => signatures.map(({ coversFile }) => coversFile))).toEqual([
    loaders[0]?.signatures.map(() => true),
    [true],
    [false],
  ]);
  for (const [index, file] of [shim, grub].entries()) {
    const signatures = loaders[index]?.signatures ?? [];
    expect(signatures).not.toEqual([]);
    const listed = execFileSync("sbverify", ["--list", file?.localPath ?? ""], { stdio: "pipe" });
    for (const { signer, authority } of signatures) {
      expect(String(listed)).toMatch(`CN=${signer}\n   issuer:  `);
      expect(String(listed)).toMatch(`CN=${authority}`);
    }
  }
});

test("inspectBootImage() refuses a loader that was cut short, and takes a text for no program", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const [cut] = await plantBootFiles(folder, { "EFI/BOOT/BOOTX64.EFI": { copyOf: SHIM } });
  if (cut === undefined) throw new Error("it was planted");
  await truncate(cut.localPath, cut.sizeBytes - 1);
  expect(await inspectAll([{ ...cut, sizeBytes: cut.sizeBytes - 1 }])).toMatchObject({
    problem: { code: "archive_unreadable", detail: expect.stringContaining("cut short") },
  });
  const [text] = await plantBootFiles(folder, { "bootmgr.efi": Buffer.from("text") });
  expect(await inspect(text)).toEqual({
    ...NOTHING,
    loaders: [{ path: "bootmgr.efi", architecture: null, signatures: [] }],
  });
});

test("inspectBootImage() tells of a Windows image what wimlib was told", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const wim = await captureWim(folder);
  expect((await inspect(wim)).windowsImages).toEqual([
    {
      path: "sources/boot.wim",
      bootIndex: 1,
      images: [
        {
          index: 1,
          name: "Windows PE <x64>",
          architecture: "x64",
          version: "10.0.26100",
          totalBytes: 5,
        },
      ],
    },
  ]);
});

test("inspectBootImage() refuses a Windows image that is broken, wherever", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const wim = await captureWim(folder);
  const whole = await readFile(wim.localPath);
  const cut = whole.subarray(0, -40);
  const cases: readonly (readonly [string, Buffer])[] = [
    ["no WIM file", Buffer.from("text")],
    ["cut short", cut],
    ["ends in its header", whole.subarray(0, 100)],
    ["its header has 5 images", changed(whole, (bytes) => bytes.writeUInt32LE(5, 44))],
    [
      "XML cannot be read",
      changed(whole, (bytes) => bytes.fill(0x3c, Number(bytes.readBigUInt64LE(80)) + 2)),
    ],
  ];
  for (const [why, bytes] of cases) {
    await writeFile(wim.localPath, bytes);
    expect(await inspectAll([{ ...wim, sizeBytes: bytes.length }])).toMatchObject({
      problem: {
        code: "archive_unreadable",
        detail: expect.stringMatching(`^Cannot use "sources/boot.wim" of the boot image: .*${why}`),
      },
    });
  }
});

test("inspectBootImage() tells a kernel from what is only called like one", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const kernel = Buffer.alloc(KERNEL_HEAD_BYTES);
  kernel.write("HdrS", 0x202);
  kernel.writeUInt16LE(0x20f, 0x206);
  kernel.writeUInt16LE(1, 0x236);
  const files = await plantBootFiles(folder, {
    "live/vmlinuz-6.1": kernel,
    "linux.cfg": Buffer.from("menu"),
    "boot/other": kernel,
  });
  expect((await inspect(...files)).kernels).toEqual([
    {
      path: "live/vmlinuz-6.1",
      version: "",
      architecture: "x64",
      hasEfiStub: false,
      signatures: [],
    },
  ]);
});

test("inspectBootImage() joins the drivers of all initial RAM disks, unless they are declared", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const files = await plantBootFiles(folder, {
    "live/initrd.img": cpioArchive({ "lib/modules/6.1/kernel/drivers/net/virtio_net.ko": "" }),
    "live/initrd2.img": cpioArchive({ "lib/modules/6.1/kernel/drivers/ata/ahci.ko": "" }),
    "live/initrd.txt": Buffer.from("text"),
  });
  const found = { declared: [], found: ["net", "storage"] };
  expect((await inspect(...files)).drivers).toEqual(found);
  const declared = await inspectBootImage(files, { declared: ["net"] });
  expect(declared).toMatchObject({ value: { drivers: { declared: ["net"], found: null } } });
});

test("inspectBootImage() says which file it cannot read", async () => {
  const gone = { path: "a.wim", localPath: "/nowhere/a.wim", sizeBytes: 1 };
  expect(await inspectAll([gone])).toMatchObject({
    problem: { code: "path_missing", detail: expect.stringContaining('"a.wim"') },
  });
});

test("inspectBootImage() finds nothing in a tree without boot files", async () => {
  expect(await inspect()).toEqual(NOTHING);
});

function inspectAll(files: readonly BootFile[]) {
  return inspectBootImage(files, { declared: [] });
}

async function inspect(...files: readonly (BootFile | undefined)[]) {
  const result = await inspectAll(files.filter((file) => file !== undefined));
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}

async function captureWim(folder: string): Promise<BootFile> {
  await mkdir(join(folder, "pe"));
  await writeFile(join(folder, "pe/a.txt"), "12345");
  const [file] = await plantBootFiles(folder, { "sources/boot.wim": Buffer.alloc(0) });
  if (file === undefined) throw new Error("it was planted");
  const { localPath } = file;
  const run = (...args: readonly string[]) =>
    execFileSync("wimlib-imagex", args, { stdio: "pipe" });
  run("capture", join(folder, "pe"), localPath, "Windows PE <x64>", "--boot");
  const properties = ["ARCH=9", "VERSION/MAJOR=10", "VERSION/MINOR=0", "VERSION/BUILD=26100"];
  run(
    "info",
    localPath,
    "1",
    ...properties.flatMap((text) => ["--image-property", `WINDOWS/${text}`]),
  );
  run("verify", localPath);
  return { ...file, sizeBytes: (await readFile(localPath)).length };
}

function changed(bytes: Buffer, change: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

async function flipBit(file: BootFile | undefined, atByte: number): Promise<void> {
  const handle = await open(file?.localPath ?? "", "r+");
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, atByte);
  await handle.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, atByte);
  await handle.close();
}
