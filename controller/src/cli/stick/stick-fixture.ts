/** For tests: a stick as an agent leaves it, in a file, and what signed it. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { describeImage } from "@stickfarm/common/glance/describe-image";
import type { GrubImages } from "@stickfarm/common/layout/bios-boot";
import type { DriveGeometry, StampFile } from "@stickfarm/common/layout/extent";
import { layoutManifest } from "@stickfarm/common/layout/layout-manifest";
import { stickIdentity } from "@stickfarm/common/layout/stick-identity";
import type { BlobRef, ImageBody, Manifest, TreeBody } from "@stickfarm/common/media/manifest";
import { stampFiles } from "@stickfarm/common/media/stamp-files";
import { IMAGE_SIGHT_PATH } from "@stickfarm/common/media/stick-path";

export const STICK_ID = "0123456789abcdef0123456789abcdef";
const STICK_BYTES = 64 * 1024 * 1024;

export type MadeStick = {
  readonly farmKeyPem: string;
  readonly manifestSha256: string;
  /** Where a file's bytes lie on the stick. */
  readonly offsetOf: (path: string) => number;
};

type Files = Readonly<Record<string, string | Buffer>>;

export async function makeStick(
  path: string,
  files: Files,
  body: Manifest["body"] = treeOf(files),
): Promise<MadeStick> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const blobs = new Map(Object.values(files).map((file) => [sha256Of(file), bytesOf(file)]));
  const definition = { name: "hq", revision: 1, digest: "d".repeat(64) };
  const manifest: Manifest = { formatVersion: 1, definition, body };
  const manifestBytes = Buffer.from(JSON.stringify(manifest));
  const manifestSha256 = sha256Of(manifestBytes);
  const passport = Buffer.from(
    JSON.stringify({ stickId: STICK_ID, buildId: "b1", manifestSha256, serial: "A1" }),
  );
  const geometry = { sizeBytes: STICK_BYTES, logicalBlockBytes: 512 };
  const stamps = stampFiles({
    manifest: manifestBytes,
    manifestSignature: signed(privateKey, manifestBytes),
    passport,
    passportSignature: signed(privateKey, passport),
    orderedAtMs: Date.UTC(2026, 1, 28),
  });
  const layout = layoutManifest({
    body: manifest.body,
    geometry,
    identity: stickIdentity(STICK_ID),
    biosBoot: grubOf(body, blobs),
    stamps: body.kind === "image" ? [...stamps, await sightOf(body, blobs, geometry)] : stamps,
  });
  if (!layout.ok) throw new Error(layout.problem.detail);
  await writeFile(path, Buffer.alloc(STICK_BYTES));
  const stick = await open(path, "r+");
  const places = new Map<string, number>();
  for (const { offsetBytes, lengthBytes, source } of layout.value.extents) {
    if (source.kind === "bytes") await stick.write(source.bytes, 0, null, offsetBytes);
    if (source.kind !== "blob") continue;
    places.set(source.sha256, offsetBytes - source.blobOffsetBytes);
    const blob = blobs.get(source.sha256)?.subarray(source.blobOffsetBytes) ?? Buffer.alloc(0);
    await stick.write(blob.subarray(0, lengthBytes), 0, null, offsetBytes);
  }
  await stick.close();
  return {
    farmKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    manifestSha256,
    offsetOf: (name) => places.get(sha256Of(files[name] ?? "")) ?? Number.NaN,
  };
}

/** One file as an image, without a block map or with one. */
export function imageOf(text: string | Buffer, mapped: ImageBody["mapped"] = null): ImageBody {
  const blob = refOf(text);
  const image = { kind: "image", stored: blob, compression: "none", expanded: blob } as const;
  return { ...image, mapped, passport: true };
}

/** GRUB's images are those of the files that have these paths, where there are any. */
export function treeOf(files: Files, partitionTable: "mbr" | "gpt" = "mbr"): TreeBody {
  const [boot, core] = [files["boot.img"], files["core.img"]];
  return {
    kind: "tree",
    partitionTable,
    fileSystem: "fat32",
    partitionBytes: "fill",
    volumeLabel: "HQ",
    files: Object.entries(files).map(([path, file]) => ({
      path,
      blob: refOf(file),
      modifiedAtMs: Date.UTC(2026, 1, 28),
    })),
    emptyDirectories: ["an empty one"],
    biosBoot:
      boot === undefined || core === undefined
        ? { kind: "none" }
        : { kind: "grub", boot: refOf(boot), core: refOf(core) },
  };
}

/** As the agent adds it. */
async function sightOf(
  { expanded }: ImageBody,
  blobs: ReadonlyMap<string, Buffer>,
  geometry: DriveGeometry,
): Promise<StampFile> {
  const image = blobs.get(expanded.sha256) ?? Buffer.alloc(0);
  const sight = await describeImage(
    async (at, lengthBytes) => image.subarray(at, at + lengthBytes),
    geometry,
  );
  return { path: IMAGE_SIGHT_PATH, bytes: Buffer.from(sight), modifiedAtMs: 0 };
}

function grubOf(body: Manifest["body"], blobs: ReadonlyMap<string, Buffer>): GrubImages | null {
  if (body.kind === "image" || body.biosBoot.kind === "none") return null;
  const { boot, core } = body.biosBoot;
  const bytes = ({ sha256 }: BlobRef) => blobs.get(sha256) ?? Buffer.alloc(0);
  return { boot: bytes(boot), core: bytes(core) };
}

function refOf(file: string | Buffer): BlobRef {
  const bytes = bytesOf(file);
  return { sha256: sha256Of(bytes), sizeBytes: bytes.length };
}

function bytesOf(file: string | Buffer): Buffer {
  return typeof file === "string" ? Buffer.from(file) : file;
}

function sha256Of(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function signed(key: KeyObject, bytes: Uint8Array): Uint8Array {
  return sign(null, bytes, key);
}
