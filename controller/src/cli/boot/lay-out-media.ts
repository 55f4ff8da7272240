import { readFile } from "node:fs/promises";
import type { DriveGeometry } from "@stickfarm/common/layout/extent";
import type { Layout } from "@stickfarm/common/layout/layout";
import { layoutManifest } from "@stickfarm/common/layout/layout-manifest";
import { requiredDriveBytes } from "@stickfarm/common/layout/required-drive-bytes";
import { stickIdentity } from "@stickfarm/common/layout/stick-identity";
import type { Manifest } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import type { FetchedMedia } from "../connect/fetch-media.ts";

const LOGICAL_BLOCK_BYTES = 512;
/** Sticks are no smaller than this, and some firmware looks at smaller ones as if they were floppy disks. */
const STICK_BYTES_MIN = 64 * 1024 * 1024;
const STICK_STEP_BYTES = 1024 * 1024;

/**
 * The media as on the smallest stick that holds it, without passport: there is no stick to give one to. Its ids follow
 * from the manifest's digest.
 *
 * Problems: those of requiredDriveBytes and layoutManifest, and of reading the boot code.
 */
export async function layOutMedia(
  media: Pick<FetchedMedia, "manifest" | "manifestBytes" | "signature" | "blobPath">,
  manifestSha256: string,
): Promise<Result<Layout>> {
  const { body } = media.manifest;
  const stamps = [
    { path: "stickfarm/manifest.json", bytes: media.manifestBytes, modifiedAtMs: 0 },
    { path: "stickfarm/manifest.sig", bytes: media.signature, modifiedAtMs: 0 },
  ];
  const required = requiredDriveBytes(body, stamps);
  if (!required.ok) return required;
  const biosBoot = await readBiosBoot(body, media.blobPath);
  if (!biosBoot.ok) return biosBoot;
  return layoutManifest({
    body,
    geometry: stickFor(required.value),
    identity: stickIdentity(manifestSha256.slice(0, 32)),
    stamps,
    biosBoot: biosBoot.value,
  });
}

function stickFor(requiredBytes: number): DriveGeometry {
  const steps = Math.ceil(Math.max(requiredBytes, STICK_BYTES_MIN) / STICK_STEP_BYTES);
  return { sizeBytes: steps * STICK_STEP_BYTES, logicalBlockBytes: LOGICAL_BLOCK_BYTES };
}

async function readBiosBoot(body: Manifest["body"], blobPath: FetchedMedia["blobPath"]) {
  if (body.kind === "image" || body.biosBoot.kind === "none") return ok(null);
  const { boot, core } = body.biosBoot;
  try {
    return ok({
      boot: await readFile(blobPath(boot.sha256)),
      core: await readFile(blobPath(core.sha256)),
    });
  } catch (error) {
    return fail(fileProblem("Cannot read the boot code", error));
  }
}
