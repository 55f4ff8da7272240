import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { renderCanonicalJson } from "@stickfarm/common/canonical-json";
import { digestOf, treeContent } from "@stickfarm/common/media/test-library";
import { Secret } from "@stickfarm/common/secret";
import { expect, test } from "vitest";
import {
  BOOT,
  CANARY,
  CANARY_PASSWORD,
  compiled,
  compiledOf,
  expectNoCanary,
  FILES_ONLY,
  IMAGE,
  inputOf,
  NOW_MS,
  pathsOf,
  SEALED,
  secrets,
  TIMEOUT_MS,
  TOOLS,
  textAt,
  treeBody,
} from "./compile-fixture.ts";
import { type Compiled, compileManifest } from "./compile-manifest.ts";
import { openSettings } from "./open-settings.ts";

test("compileManifest() composes a stick of files alone, with every default written out", async () => {
  const { manifest, blobs } = await compiled(FILES_ONLY, [TOOLS]);
  expect(manifest).toMatchObject({
    formatVersion: 1,
    definition: { name: "my-media", revision: 3, digest: "d".repeat(64) },
  });
  const body = treeBody(manifest);
  expect(body).toMatchObject({
    partitionTable: "mbr",
    fileSystem: "fat32",
    partitionBytes: "fill",
    volumeLabel: "STICKFARM",
    emptyDirectories: [],
    biosBoot: { kind: "none" },
  });
  expect(pathsOf(body)).toEqual([
    "MediaLabel.txt",
    "stickfarm/media.json",
    "tools/run.cmd",
    "tools/sub/x.txt",
  ]);
  expect(textAt(blobs, "MediaLabel.txt")).toBe("label=STICKFARM\n");
});

test("compileManifest() writes every setting into media.json, also those left out", async () => {
  const { blobs } = await compiled(FILES_ONLY, [TOOLS]);
  expect(JSON.parse(textAt(blobs, "stickfarm/media.json"))).toEqual({
    formatVersion: 1,
    apiVersion: "stickfarm/v1",
    kind: "BootableMedia",
    name: "my-media",
    description: "",
    labels: {},
    revision: 3,
    digest: "d".repeat(64),
    unattended: false,
    passwordRequired: false,
    unknownComputers: false,
    userDeviceAffinity: "none",
    certificate: null,
    management: null,
    output: {
      usb: {
        partitionTable: "mbr",
        fileSystem: "fat32",
        partitionBytes: "fill",
        oversizeFiles: "reject",
      },
      iso: { fileName: "my-media.iso", volumeSize: "unlimited", ifExists: "fail" },
      label: "STICKFARM",
      volumeLabel: "STICKFARM",
      autorun: false,
    },
    bootImage: null,
    files: [{ content: "tools", digest: TOOLS.digest, at: "/tools" }],
    distributionPoints: ["local"],
    taskSequence: null,
    environment: [
      { name: "_SMSTSLaunchMode", value: "UFD+FORMAT" },
      { name: "_StickfarmUnknownComputers", value: "false" },
      { name: "SMSTSAssignUsersMode", value: "Disabled" },
    ],
    prestart: null,
  });
});

test("compileManifest() gives each generated file with its digest, as the manifest names it", async () => {
  const { manifest, blobs } = await compiled(FILES_ONLY, [TOOLS]);
  const { files } = treeBody(manifest);
  for (const { path, sha256, bytes } of blobs) {
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    expect(files).toContainEqual({
      path,
      blob: { sha256, sizeBytes: bytes.length },
      modifiedAtMs: NOW_MS,
    });
  }
  expect(blobs).toHaveLength(2);
});

test("compileManifest() puts every option where the target looks for it, and shows no secret", {
  timeout: TIMEOUT_MS,
}, async () => {
  const input = inputOf(SEALED, [BOOT, TOOLS], secrets());
  const result = await compileManifest(input);
  const { manifest, blobs } = compiledOf(result);
  const body = treeBody(manifest);
  expect(body).toMatchObject({
    partitionTable: "gpt",
    partitionBytes: 512 * 1024 * 1024,
    volumeLabel: "HQ BOOT LON",
    biosBoot: {
      kind: "grub",
      boot: { sha256: digestOf("boot/grub/i386-pc/boot.img"), sizeBytes: 512 },
      core: { sha256: digestOf("boot/grub/i386-pc/core.img"), sizeBytes: 30_000 },
    },
  });
  expect(pathsOf(body)).toContain("EFI/BOOT/BOOTX64.EFI");
  expect(textAt(blobs, "MediaLabel.txt")).toBe("label=HQ Boot Long Name\n");
  expect(textAt(blobs, "autorun.inf")).toContain("label=HQ Boot Long Name");
  const media = textAt(blobs, "stickfarm/media.json");
  expect(JSON.parse(media)).toMatchObject({
    name: "hq",
    description: "Rollout",
    labels: { site: "hq" },
    unattended: true,
    passwordRequired: true,
    userDeviceAffinity: "autoApproval",
    management: { mode: "siteBased", internet: false, sealed: true },
    bootImage: { name: "winpe-x64", architectures: ["x64"], targetArchitectures: ["x64"] },
    environment: [
      { name: "SMSTSMP", sealed: true },
      { name: "_SMSTSSiteCode", sealed: true },
      { name: "_SMSTSLaunchMode", sealed: true },
      { name: "_StickfarmUnknownComputers", sealed: true },
      { name: "SMSTSAssignUsersMode", sealed: true },
      { name: "OSDTimeZone", sealed: true },
      { name: "OSDComputerName", ask: true },
      { name: "JoinPassword", sealed: true },
    ],
  });
  const shown = [
    renderCanonicalJson(manifest),
    inspect(input, { depth: null }),
    inspect(result, { depth: null }),
  ];
  const written = blobs.map(({ bytes }) => Buffer.from(bytes).toString("latin1"));
  expectNoCanary([...shown, ...written].join("\n"));
  await expectSealed(blobs, media);
});

async function expectSealed(blobs: Compiled["blobs"], media: string): Promise<void> {
  const sealed = blobs.find(({ path }) => path === "stickfarm/settings.sealed");
  const opened = await openSettings(
    sealed?.bytes ?? new Uint8Array(),
    Secret.ofText(CANARY_PASSWORD),
  );
  expect(opened.ok ? JSON.parse(opened.value.revealText() ?? "") : opened.problem).toEqual({
    formatVersion: 1,
    mediaJsonSha256: createHash("sha256").update(media).digest("hex"),
    management: {
      mode: "siteBased",
      siteCode: "P01",
      internet: false,
      managementPoints: ["http://mp1.example.net:80"],
    },
    environment: [
      { name: "SMSTSMP", value: "http://mp1.example.net:80" },
      { name: "_SMSTSSiteCode", value: "P01" },
      { name: "_SMSTSLaunchMode", value: "UFD+FORMAT" },
      { name: "_StickfarmUnknownComputers", value: "false" },
      { name: "SMSTSAssignUsersMode", value: "Auto" },
      { name: "OSDTimeZone", value: "UTC" },
      { name: "OSDComputerName", ask: true },
      { name: "JoinPassword", value: CANARY, secret: true },
    ],
    prestart: null,
    certificate: null,
  });
}

test("compileManifest() says of media for the internet that they are", {
  timeout: TIMEOUT_MS,
}, async () => {
  const text = SEALED.replace("siteCode: P01", "siteCode: P01\n    internet: true").replace(
    "http://mp1.example.net:80",
    "https://cmg.example.net",
  );
  const { blobs } = compiledOf(await compileManifest(inputOf(text, [BOOT, TOOLS], secrets())));
  expect(JSON.parse(textAt(blobs, "stickfarm/media.json"))).toMatchObject({
    management: { mode: "siteBased", internet: true, sealed: true },
  });
});

test("compileManifest() seals with a password alone, so that it can be asked for", {
  timeout: TIMEOUT_MS,
}, async () => {
  const text = FILES_ONLY.replace("spec:", "spec:\n  security: { password: { secret: media/hq } }");
  const { blobs } = await compiled(text, [TOOLS], secrets());
  expect(blobs.map(({ path }) => path)).toContain("stickfarm/settings.sealed");
});

test("compileManifest() tells of a certificate in the open, and seals its key", {
  timeout: TIMEOUT_MS,
}, async () => {
  const pfx = Buffer.from("a file with a private key in it");
  const facts = {
    kind: "pkcs12",
    thumbprint: "AB".repeat(20),
    subject: "CN=hq",
    notBeforeMs: Date.UTC(2026, 11, 1),
    notAfterMs: Date.UTC(2027, 11, 1, 23, 59, 59),
  } as const;
  const certificate = { facts, pfx: new Secret(pfx), pfxPassword: Secret.ofText(CANARY) };
  const result = await compileManifest({
    ...inputOf(SEALED, [BOOT, TOOLS], secrets()),
    certificate,
  });
  const { manifest, blobs } = compiledOf(result);
  const sealed = blobs.find(({ path }) => path === "stickfarm/settings.sealed");
  const opened = await openSettings(sealed?.bytes ?? Buffer.of(), Secret.ofText(CANARY_PASSWORD));
  expect(opened.ok ? JSON.parse(opened.value.revealText() ?? "").certificate : opened).toEqual({
    thumbprint: facts.thumbprint,
    pfx: pfx.toString("base64"),
    pfxPassword: CANARY,
  });
  expect(JSON.parse(textAt(blobs, "stickfarm/media.json")).certificate).toEqual({
    kind: "pkcs12",
    thumbprint: facts.thumbprint,
    subject: "CN=hq",
    notBefore: "2026-12-01T00:00:00Z",
    notAfter: "2027-12-01T23:59:59Z",
  });
  const open = blobs.map(({ bytes }) => Buffer.from(bytes));
  for (const bytes of [...open, Buffer.from(renderCanonicalJson(manifest))]) {
    expect(bytes.includes(pfx) || bytes.includes(pfx.toString("base64"))).toBe(false);
    expectNoCanary(bytes.toString("latin1"));
  }
});

test("compileManifest() takes an image as it is", async () => {
  const text =
    "apiVersion: stickfarm/v1\nkind: DiskImage\nmetadata: { name: d }\nspec: { image: { content: debian } }\n";
  const { manifest, blobs } = await compiled(text, [IMAGE]);
  const { body } = IMAGE;
  if (body.kind !== "image") throw new Error("not an image");
  const { stored, compression, expanded, mapped } = body;
  const image = { kind: "image", stored, compression, expanded, mapped };
  expect(manifest.body).toEqual({ ...image, passport: true });
  expect(blobs).toEqual([]);
});

test("compileManifest() puts no passport behind an image that shall be alone on its stick", async () => {
  const text =
    "apiVersion: stickfarm/v1\nkind: DiskImage\nmetadata: { name: d }\nspec: { image: { content: debian }, passport: false }\n";
  const { manifest } = await compiled(text, [IMAGE]);
  expect(manifest.body).toMatchObject({ kind: "image", passport: false });
});

test("compileManifest() makes the folder of a content that holds nothing", async () => {
  const { manifest } = await compiled(FILES_ONLY, [treeContent("tools")]);
  expect(treeBody(manifest).emptyDirectories).toEqual(["tools"]);
});

test("compileManifest() is deterministic but for the seal", async () => {
  const [one, other] = [await compiled(FILES_ONLY, [TOOLS]), await compiled(FILES_ONLY, [TOOLS])];
  expect(renderCanonicalJson(one.manifest)).toBe(renderCanonicalJson(other.manifest));
});
