import { expect, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import type { BootImageDetails, DriverFacts, WindowsImageFacts } from "./boot-image-facts.ts";
import { checkBootImageFacts, checkBootWim } from "./check-boot-image-facts.ts";
import type { BootImageFacts } from "./content.ts";
import { bootImageContent, imageContent, treeFile } from "./test-library.ts";

const ALL = { declared: ["net", "storage"], found: null } as const;

function imageWith(drivers: DriverFacts, windowsImages: readonly WindowsImageFacts[] = []) {
  const details: BootImageDetails = { loaders: [], kernels: [], windowsImages, drivers };
  return { architectures: ["x64"], biosBoot: "none", details } satisfies BootImageFacts;
}

function wim(...architectures: readonly (Architecture | null)[]): WindowsImageFacts {
  const images = architectures.map((architecture, at) => {
    return { index: at + 1, name: "PE", architecture, version: "", totalBytes: 0 };
  });
  return { path: "sources/boot.wim", bootIndex: images.length, images };
}

function foundIn(bootImage: BootImageFacts): readonly string[] {
  return checkBootImageFacts(["b"], bootImage).map(({ ruleId, rule }) => `${ruleId}: ${rule}`);
}

test.each<readonly [string, BootImageFacts]>([
  ["whose files were not read", { ...imageWith(ALL), details: null }],
  ["that lists no drivers and is no Windows", imageWith({ declared: [], found: null })],
  ["with all drivers declared", imageWith(ALL, [wim("x64")])],
  ["with all drivers found", imageWith({ declared: [], found: ["net", "storage"] })],
  ["whose WIM tells of no architecture", imageWith(ALL, [wim(null)])],
  ["whose other image is for another processor", imageWith(ALL, [wim("x86", "x64")])],
])("checkBootImageFacts() finds nothing about an image %s", (_, bootImage) => {
  expect(foundIn(bootImage)).toEqual([]);
});

test.each([
  [{ declared: ["net"], found: null }, "storage"],
  [{ declared: ["storage"], found: ["net", "storage"] }, "net"],
  [{ declared: [], found: [] }, "net and storage"],
] as const)("checkBootImageFacts() warns of drivers %j", (drivers, missing) => {
  expect(foundIn(imageWith(drivers))).toEqual([
    `boot-image-driver-missing: lacks drivers for ${missing}, which computers are provisioned by`,
  ]);
});

test("checkBootImageFacts() warns of a Windows PE without declared drivers", () => {
  expect(foundIn(imageWith({ declared: [], found: null }, [wim("x64")]))).toEqual([
    "boot-image-drivers-unknown: is Windows PE, whose drivers cannot be read, and none were declared",
  ]);
});

test("checkBootImageFacts() refuses a WIM for another processor than the loader", () => {
  expect(foundIn(imageWith(ALL, [wim("x64", "arm64")]))).toEqual([
    'boot-image-architecture: starts image 2 of "sources/boot.wim", which is for arm64; the boot image has x64',
  ]);
  const none = { ...imageWith(ALL, [wim("x64")]), architectures: [] };
  expect(foundIn(none)).toEqual([expect.stringContaining("has no known architecture")]);
});

test("checkBootWim() warns of a boot.wim that FAT32 holds in parts only", () => {
  const found = (path: string, sizeBytes: number) =>
    checkBootWim(["b"], bootImageContent("winpe", ["x64"], [treeFile(path, sizeBytes)])).map(
      ({ ruleId, rule }) => `${ruleId}: ${rule}`,
    );
  expect(found("Sources/BOOT.WIM", 2 ** 32)).toEqual([
    `boot-image-wim-large: has "Sources/BOOT.WIM" of 4.00 GiB: FAT32 holds it in parts only, which Windows' loader does not start`,
  ]);
  expect(found("sources/boot.wim", 2 ** 32 - 1)).toEqual([]);
  expect(found("sources/install.wim", 2 ** 32)).toEqual([]);
  expect(checkBootWim(["b"], imageContent("disk"))).toEqual([]);
});
