import { ok, type Result } from "@stickfarm/common/result";
import type { CompiledMedia } from "./compile-revision.ts";
import type { Farm } from "./farm.ts";

export type StoredManifest = {
  readonly manifestSha256: string;
  readonly manifestBytes: number;
  readonly manifestSignature: Uint8Array;
};

/**
 * Into the library, so that it is fetched like any content, with the files that the compiler made; signed, so that who
 * fetches it knows whose it is. A certificate that it seals is entered in the register.
 *
 * Problems: those of the library.
 */
export async function storeManifest(
  farm: Farm,
  compiled: CompiledMedia,
): Promise<Result<StoredManifest>> {
  for (const { bytes } of compiled.blobs) {
    const stored = await farm.library.putBytes(bytes);
    if (!stored.ok) return stored;
  }
  const stored = await farm.library.putBytes(compiled.manifestBytes);
  if (!stored.ok) return stored;
  const { certificate: facts, manifest } = compiled;
  if (facts !== null) {
    await farm.store.certificates.record({
      facts,
      mediaName: manifest.definition.name,
      mediaRevision: manifest.definition.revision,
      manifestSha256: stored.value.sha256,
      recordedAtMs: farm.nowMs(),
    });
  }
  return ok({
    manifestSha256: stored.value.sha256,
    manifestBytes: stored.value.sizeBytes,
    manifestSignature: farm.sign(compiled.manifestBytes),
  });
}
