/** For tests of the compiler: two definitions, what they name, and secrets that can be searched for. */

import type { Content } from "@stickfarm/common/media/content";
import type { Manifest, TreeBody } from "@stickfarm/common/media/manifest";
import type { StoredTaskSequence } from "@stickfarm/common/media/task-sequence";
import {
  bootImageContent,
  imageContent,
  treeContent,
  treeFile,
} from "@stickfarm/common/media/test-library";
import { Secret } from "@stickfarm/common/secret";
import { expect } from "vitest";
import { type Compiled, type CompileInput, compileManifest } from "./compile-manifest.ts";
import { readDefinition } from "./read-definition.ts";

export const NOW_MS = Date.UTC(2026, 10, 22);
/** With a password it takes about a second of an idle processor, by intent. */
export const TIMEOUT_MS = 60_000;
export const CANARY = "canary-7c1f-Tr0ub4dor";
export const CANARY_PASSWORD = "canary-9d2e correct horse";

export const BOOT = bootImageContent(
  "winpe-x64",
  ["x64"],
  [
    treeFile("EFI/BOOT/BOOTX64.EFI", 100),
    treeFile("boot/grub/i386-pc/boot.img", 512),
    treeFile("boot/grub/i386-pc/core.img", 30_000),
  ],
);
export const TOOLS = treeContent("tools", [treeFile("run.cmd"), treeFile("sub/x.txt")]);
export const IMAGE = imageContent("debian");

export const INSTALL: StoredTaskSequence = {
  name: "install-w11",
  revision: 2,
  digest: "5".repeat(64),
  packages: ["tools"],
  preferredDeployment: "P0120012",
};

export const FILES_ONLY = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: my-media }
spec:
  files: [{ content: tools, at: /tools }]
`;

export const SEALED = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: hq, description: Rollout, labels: { site: hq } }
spec:
  unattended: true
  management:
    mode: siteBased
    siteCode: P01
    managementPoints: [{ url: "http://mp1.example.net:80" }]
  output:
    usb: { partitionTable: gpt, partitionSize: 512MiB }
    label: HQ Boot Long Name
    autorun: true
  security: { password: { secret: media/hq }, userDeviceAffinity: autoApproval }
  bootImage: { name: winpe-x64 }
  files: [{ content: tools }]
  customization:
    variables:
      - { name: OSDTimeZone, value: UTC }
      - { name: OSDComputerName, ask: true }
      - { name: JoinPassword, secret: join/hq }
`;

export function inputOf(
  text: string,
  contents: readonly Content[],
  values: ReadonlyMap<string, Secret>,
): CompileInput {
  const { definition, findings } = readDefinition(text, { nowMs: NOW_MS, library: null });
  if (definition === null) throw new Error(`the definition is wrong: ${JSON.stringify(findings)}`);
  return {
    definition,
    medium: "stick",
    revision: 3,
    digest: "d".repeat(64),
    contents: new Map(contents.map((content) => [content.name, content])),
    secrets: values,
    taskSequences: new Map([[INSTALL.name, INSTALL]]),
    certificate: null,
    random: { salt: new Uint8Array(16).fill(1), nonce: new Uint8Array(12).fill(2) },
    nowMs: NOW_MS,
  };
}

export async function compiled(
  text: string,
  contents: readonly Content[],
  values: ReadonlyMap<string, Secret> = new Map(),
): Promise<Compiled> {
  return compiledOf(await compileManifest(inputOf(text, contents, values)));
}

export async function problemOf(
  text: string,
  contents: readonly Content[],
  values: ReadonlyMap<string, Secret> = new Map(),
) {
  const result = await compileManifest(inputOf(text, contents, values));
  return result.ok ? null : result.problem;
}

export function compiledOf(result: Awaited<ReturnType<typeof compileManifest>>): Compiled {
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}

export function secrets(): ReadonlyMap<string, Secret> {
  return new Map([
    ["media/hq", Secret.ofText(CANARY_PASSWORD)],
    ["join/hq", Secret.ofText(CANARY)],
  ]);
}

export function treeBody({ body }: Manifest): TreeBody {
  if (body.kind !== "tree") throw new Error("not a tree");
  return body;
}

export function pathsOf({ files }: TreeBody): readonly string[] {
  return files.map(({ path }) => path);
}

export function textAt(blobs: Compiled["blobs"], path: string): string {
  return Buffer.from(blobs.find((blob) => blob.path === path)?.bytes ?? []).toString("utf8");
}

/** The values, and the forms in which values slip through. */
export function expectNoCanary(text: string): void {
  for (const value of [CANARY, CANARY_PASSWORD, CANARY.slice(0, 11)]) {
    const bytes = Buffer.from(value);
    expect(text).not.toContain(value);
    expect(text).not.toContain(bytes.toString("hex"));
    expect(text).not.toContain(bytes.toString("base64").slice(0, -4));
    expect(text).not.toContain([...bytes].join(","));
    expect(text).not.toContain(bytes.toString("utf16le"));
  }
}
