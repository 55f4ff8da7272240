import { ok } from "@stickfarm/common/result";
import type { Content, ContentSummary } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { startTestController } from "../test-controller.ts";

const CREATED_AT_MS = Date.UTC(2026, 10, 22, 8, 0, 0);
const SUMMARY: ContentSummary = {
  name: "tools",
  kind: "tree",
  sizeBytes: 3_000_000,
  fileCount: 2,
  digest: "f".repeat(64),
  createdAtMs: CREATED_AT_MS,
  bootImage: { architectures: ["x86", "x64"], biosBoot: "grub", details: undefined },
};
const TREE: Content = {
  name: "tools",
  digest: "f".repeat(64),
  createdAtMs: CREATED_AT_MS,
  bootImage: undefined,
  body: {
    $case: "tree",
    value: {
      files: [
        {
          path: "EFI/BOOT/BOOTX64.EFI",
          blob: { sha256: "1".repeat(64), sizeBytes: 900 },
          modifiedAtMs: 0,
        },
        { path: "a\u001b[2J.txt", blob: { sha256: "2".repeat(64), sizeBytes: 0 }, modifiedAtMs: 0 },
      ],
      emptyDirectories: ["empty"],
    },
  },
};

test("content list and boot-image list ask for what they show", async () => {
  const asked: boolean[] = [];
  const controller = await startTestController(onTestFinished, {
    listContents: ({ bootImages }) => {
      asked.push(bootImages);
      return ok({ contents: [SUMMARY] });
    },
  });
  const all = await controller.run(["content", "list"]);
  const bootImages = await controller.run(["boot-image", "list"]);
  expect(asked).toEqual([false, true]);
  expect(all.stdout).toMatchInlineSnapshot(`
    "NAME   KIND      SIZE  FILES  DIGEST        ADDED
    tools  tree  2.86 MiB      2  ffffffffffff  2026-11-22T08:00:00Z
    "
  `);
  expect(bootImages.stdout).toMatchInlineSnapshot(`
    "NAME   ARCH     BIOS  KIND      SIZE  FILES  DIGEST        ADDED
    tools  x86,x64  grub  tree  2.86 MiB      2  ffffffffffff  2026-11-22T08:00:00Z
    "
  `);
});

test("content list -o json is one document with every key", async () => {
  const contents = [SUMMARY, { ...SUMMARY, bootImage: undefined }];
  const controller = await startTestController(onTestFinished, {
    listContents: () => ok({ contents }),
  });
  const { stdout } = await controller.run(["content", "list", "-o", "json"]);
  const bootImage = { ...SUMMARY.bootImage, details: null };
  expect(JSON.parse(stdout)).toEqual([
    { ...SUMMARY, bootImage },
    { ...SUMMARY, bootImage: null },
  ]);
});

test("content show lists the files of a tree, none of their names raw", async () => {
  const controller = await startTestController(onTestFinished, {
    getContent: () => ok({ content: TREE }),
  });
  const { stdout } = await controller.run(["content", "show", "tools"]);
  expect(stdout).toMatchInlineSnapshot(`
    "Name:          tools
    Digest:        ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
    Added:         2026-11-22T08:00:00Z
    Kind:          tree
    Size:          900 B in 2 files
    Empty folders: empty

     SIZE  SHA256                                                            PATH
    900 B  1111111111111111111111111111111111111111111111111111111111111111  EFI/BOOT/BOOTX64.EFI
      0 B  2222222222222222222222222222222222222222222222222222222222222222  a�[2J.txt
    "
  `);
});

test("boot-image show tells what starts it, who signed that, and what it drives", async () => {
  const signature = { signer: "Publisher", authority: "Microsoft UEFI CA 2023", coversFile: true };
  const loader = { path: "EFI/BOOT/BOOTX64.EFI", architecture: "x64", signatures: [signature] };
  const kernel = { path: "vmlinuz", version: "6.1.0 (a@b)", architecture: "x64" };
  const image = { index: 1, name: "PE", architecture: "x64", version: "10.0.26100", totalBytes: 9 };
  const details = {
    loaders: [loader],
    kernels: [{ ...kernel, hasEfiStub: true, signatures: [] }],
    windowsImages: [{ path: "sources/boot.wim", bootIndex: 1, images: [image] }],
    drivers: { declared: [], found: ["net"], isFoundKnown: true },
  };
  const controller = await startTestController(onTestFinished, {
    getContent: () =>
      ok({
        content: { ...TREE, bootImage: { architectures: ["x64"], biosBoot: "none", details } },
      }),
  });
  const { stdout } = await controller.run(["boot-image", "show", "tools"]);
  expect(stdout.split("\nKind:")[0]).toMatchInlineSnapshot(`
    "Name:          tools
    Digest:        ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
    Added:         2026-11-22T08:00:00Z
    Architectures: x64
    Starts under:  uefi-x64, uefi-x64-secure-boot
    BIOS boot:     none
    Drivers:       net (in its modules)
    Loader:        EFI/BOOT/BOOTX64.EFI, x64, signed by Publisher (Microsoft UEFI CA 2023)
    Kernel:        vmlinuz, Linux 6.1.0, x64, EFI stub, not signed
    Windows image: sources/boot.wim image 1 "PE", x64, 10.0.26100, starts"
  `);
  const json = await controller.run(["boot-image", "show", "tools", "-o", "json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    firmwares: ["uefi-x64", "uefi-x64-secure-boot"],
    bootImage: { details: { loaders: [loader], drivers: { declared: [], found: ["net"] } } },
  });
});

test("boot-image show tells what an image expands to and how much of it is mapped", async () => {
  const content: Content = {
    ...TREE,
    bootImage: { architectures: ["x64"], biosBoot: "none", details: undefined },
    body: {
      $case: "image",
      value: {
        stored: { sha256: "3".repeat(64), sizeBytes: 1000 },
        compression: "xz",
        expanded: { sha256: "4".repeat(64), sizeBytes: 4096 },
        hasBlockMap: true,
        mapped: [
          { offsetBytes: 0, lengthBytes: 512 },
          { offsetBytes: 2048, lengthBytes: 512 },
        ],
        blockMapSha256: "5".repeat(64),
      },
    },
  };
  const controller = await startTestController(onTestFinished, {
    getContent: () => ok({ content }),
  });
  const { stdout } = await controller.run(["boot-image", "show", "tools"]);
  expect(stdout).toMatchInlineSnapshot(`
    "Name:          tools
    Digest:        ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
    Added:         2026-11-22T08:00:00Z
    Architectures: x64
    Starts under:  uefi-x64
    BIOS boot:     none
    Drivers:       not known
    Kind:          image
    Stored:        1000 B, 3333333333333333333333333333333333333333333333333333333333333333
    Compression:   xz
    Image:         4.00 KiB, 4444444444444444444444444444444444444444444444444444444444444444
    Mapped:        1.00 KiB
    Block map:     5555555555555555555555555555555555555555555555555555555555555555
    "
  `);
  const { stdout: json } = await controller.run(["boot-image", "show", "tools", "-o", "json"]);
  expect(JSON.parse(json)).toMatchObject({ body: { kind: "image", compression: "xz" } });
});
