import { inspect } from "node:util";
import { treeContent, treeFile } from "@stickfarm/common/media/test-library";
import { Secret } from "@stickfarm/common/secret";
import { expect, test } from "vitest";
import {
  BOOT,
  CANARY,
  expectNoCanary,
  FILES_ONLY,
  problemOf,
  SEALED,
  secrets,
  TOOLS,
} from "./compile-fixture.ts";

test("compileManifest() lists every name that is missing", async () => {
  const text = SEALED.replace("[{ content: tools }]", "[{ content: tools }, { content: drivers }]");
  expect(await problemOf(text, [TOOLS], new Map())).toEqual({
    code: "content_unknown",
    detail:
      'Cannot compile "hq": spec.bootImage.name is "winpe-x64", which is not in the content library; ' +
      'Cannot compile "hq": spec.files[1].content is "drivers", which is not in the content library; ' +
      'Cannot compile "hq": spec.security.password.secret names a secret that is not set; ' +
      'Cannot compile "hq": spec.customization.variables[2].secret names a secret that is not set',
  });
});

test("compileManifest() refuses a boot image that the target computers cannot start", async () => {
  const text = FILES_ONLY.replace(
    "spec:",
    "spec:\n  bootImage: { name: winpe-x64, targetArchitectures: [arm64] }",
  );
  const problem = await problemOf(text, [BOOT, TOOLS]);
  expect(problem?.code).toBe("definition_invalid");
  expect(problem?.detail).toContain("targetArchitectures[0] is arm64, which cannot start");
});

test("compileManifest() refuses a weak password without deriving a key", async () => {
  const weak = new Map([...secrets(), ["media/hq", Secret.ofText("hunter2")]] as const);
  expect(await problemOf(SEALED, [BOOT, TOOLS], weak)).toEqual({
    code: "secret_weak",
    detail: 'Cannot seal with the secret "media/hq": it has 7 characters, at least 12 are needed',
  });
});

test("compileManifest() refuses trees that collide, with each other or with us", async () => {
  const clash = treeContent("clash", [treeFile("RUN.CMD"), treeFile("MEDIALABEL.TXT")]);
  const text = FILES_ONLY.replace(
    "[{ content: tools, at: /tools }]",
    "[{ content: tools }, { content: clash }]",
  );
  expect(await problemOf(text, [TOOLS, clash])).toEqual({
    code: "names_collide",
    detail:
      'Cannot put "RUN.CMD" of content "clash" on the stick: content "tools" has "run.cmd" there; ' +
      'Cannot put "MEDIALABEL.TXT" of content "clash" on the stick: stickfarm itself has "MediaLabel.txt" there',
  });
});

test("compileManifest() refuses a file of 4 GiB, naming it", async () => {
  const large = treeContent("tools", [treeFile("install.wim", 2 ** 32)]);
  const problem = await problemOf(FILES_ONLY, [large]);
  expect(problem?.code).toBe("file_too_large");
  expect(problem?.detail).toContain('"tools/install.wim"');
  const fits = treeContent("tools", [treeFile("install.wim", 2 ** 32 - 1)]);
  expect(await problemOf(FILES_ONLY, [fits])).toBeNull();
});

test("compileManifest() refuses names that FAT32 cannot hold, all at once", async () => {
  const bad = treeContent("tools", [
    treeFile("a:b"),
    treeFile("con"),
    treeFile("X"),
    treeFile("x"),
  ]);
  const problem = await problemOf(FILES_ONLY, [bad]);
  expect(problem?.code).toBe("name_not_fat");
  expect(problem?.detail.split("; ")).toHaveLength(3);
});

test("compileManifest() shows no secret in any problem", async () => {
  const clash = treeContent("tools", [treeFile("EFI/BOOT/bootx64.efi")]);
  const nul = new Map([...secrets(), ["join/hq", Secret.ofText(`${CANARY}\0`)]] as const);
  const problems = [
    await problemOf(SEALED, [BOOT, clash], nul),
    await problemOf(SEALED, [], secrets()),
    await problemOf(
      SEALED,
      [BOOT, TOOLS],
      new Map([["media/hq", Secret.ofText(CANARY.slice(0, 11))]]),
    ),
  ];
  expect(problems).not.toContain(null);
  expectNoCanary(JSON.stringify(problems) + inspect(problems, { depth: null }));
});
