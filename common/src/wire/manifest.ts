import type { Manifest } from "../media/manifest.ts";
import { fail, ok, type Result } from "../result.ts";

/**
 * Read a manifest whose signature was checked: its signer wrote it by the type that it is read as, if the format is the
 * same.
 *
 * Problems: protocol_unsupported, when the controller speaks a newer format.
 */
export function parseManifest(bytes: Uint8Array): Result<Manifest> {
  const manifest: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const version =
    typeof manifest === "object" && manifest !== null && "formatVersion" in manifest
      ? manifest.formatVersion
      : undefined;
  if (version === 1) return ok(manifest as Manifest);
  return fail({
    code: "protocol_unsupported",
    detail: `Cannot read the manifest: its format is ${JSON.stringify(version)}, must be 1`,
  });
}
