/** For tests: a stick as an agent leaves it, in a file, and what signed it. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { layoutManifest } from "@stickfarm/common/layout/layout-manifest";
import { stickIdentity } from "@stickfarm/common/layout/stick-identity";
import type { ImageBody, Manifest } from "@stickfarm/common/media/manifest";
import { stampFiles } from "@stickfarm/common/media/stamp-files";

export const STICK_ID = "0123456789abcdef0123456789abcdef";
const STICK_BYTES = 64 * 1024 * 1024;

export type MadeStick = {
  readonly farmKeyPem: string;
  readonly manifestSha256: string;
  /** Where a file's bytes lie on the stick. */
  readonly offsetOf: (path: string) => number;
};

export async function makeStick(
  path: string,
  files: Readonly<Record<string, string>>,
  body = treeOf(files),
): Promise<MadeStick> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const blobs = new Map(Object.values(files).map((text) => [sha256Of(text), Buffer.from(text)]));
  const definition = { name: "hq", revision: 1, digest: "d".repeat(64) };
  const manifest: Manifest = { formatVersion: 1, definition, body };
  const manifestBytes = Buffer.from(JSON.stringify(manifest));
  const manifestSha256 = sha256Of(manifestBytes);
  const passport = Buffer.from(
    JSON.stringify({ stickId: STICK_ID, buildId: "b1", manifestSha256, serial: "A1" }),
  );
  const layout = layoutManifest({
    body: manifest.body,
    geometry: { sizeBytes: STICK_BYTES, logicalBlockBytes: 512 },
    identity: stickIdentity(STICK_ID),
    biosBoot: null,
    stamps: stampFiles({
      manifest: manifestBytes,
      manifestSignature: signed(privateKey, manifestBytes),
      passport,
      passportSignature: signed(privateKey, passport),
      orderedAtMs: Date.UTC(2026, 1, 28),
    }),
  });
  if (!layout.ok) throw new Error(layout.problem.detail);
  await writeFile(path, Buffer.alloc(STICK_BYTES));
  const stick = await open(path, "r+");
  const places = new Map<string, number>();
  for (const { offsetBytes, source } of layout.value.extents) {
    if (source.kind === "bytes") await stick.write(source.bytes, 0, null, offsetBytes);
    if (source.kind !== "blob") continue;
    places.set(source.sha256, offsetBytes);
    await stick.write(blobs.get(source.sha256) ?? Buffer.alloc(0), 0, null, offsetBytes);
  }
  await stick.close();
  return {
    farmKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    manifestSha256,
    offsetOf: (name) => places.get(sha256Of(files[name] ?? "")) ?? Number.NaN,
  };
}

/** One file as an image, without a block map or with one. */
export function imageOf(text: string, mapped: ImageBody["mapped"] = null): ImageBody {
  const blob = { sha256: sha256Of(text), sizeBytes: Buffer.byteLength(text) };
  const image = { kind: "image", stored: blob, compression: "none", expanded: blob } as const;
  return { ...image, mapped, passport: true };
}

function treeOf(files: Readonly<Record<string, string>>): Manifest["body"] {
  return {
    kind: "tree",
    partitionTable: "mbr",
    fileSystem: "fat32",
    partitionBytes: "fill",
    volumeLabel: "HQ",
    files: Object.entries(files).map(([path, text]) => ({
      path,
      blob: { sha256: sha256Of(text), sizeBytes: Buffer.byteLength(text) },
      modifiedAtMs: Date.UTC(2026, 1, 28),
    })),
    emptyDirectories: ["an empty one"],
    biosBoot: { kind: "none" },
  };
}

function sha256Of(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function signed(key: KeyObject, bytes: Uint8Array): Uint8Array {
  return sign(null, bytes, key);
}
