import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeBootTree } from "../../support/boot-tree.ts";
import { type DriveSpec, startFarm, type TestFarm } from "./farm.ts";

const MB = 1_000_000;
const FILES = 6;

/** A farm with the media "hq": a boot tree in the root, and six files of 3 MB below /data. */
export async function farmWithMedia(drives: readonly DriveSpec[] = []): Promise<TestFarm> {
  const farm = await startFarm({ agents: drives.length === 0 ? {} : { "ws-1": drives } });
  const at = (path: string): string => join(farm.directory, path);
  await makeBootTree(at("tree"), "label=HQ Büro");
  // stickfarm writes it; GRUB compares it with the digest that the tree's list has.
  await rm(at("tree/MediaLabel.txt"));
  await mkdir(at("tree/logs/empty"), { recursive: true });
  await mkdir(at("payload/it's [one] & two"), { recursive: true });
  for (let index = 1; index <= FILES; index++)
    await writeFile(
      at(`payload/it's [one] & two/${index}.bin`),
      Buffer.alloc(3 * MB, `${index} and more of it `),
    );
  await farm.must("boot-image", "add", "tree", "--name", "boot");
  await farm.must("content", "add", "payload", "--name", "payload");
  await writeFile(at("hq.yaml"), MEDIA);
  await farm.must("media", "apply", "-f", "hq.yaml");
  return farm;
}

const MEDIA = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: hq }
spec:
  output: { label: HQ Büro, iso: { volumeSize: 650MB } }
  bootImage: { name: boot }
  files: [{ content: payload, at: /data }]
  customization:
    variables: [{ name: OSDTimeZone, value: UTC }]
`;

/** Paths of all files, sorted. */
export async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}
