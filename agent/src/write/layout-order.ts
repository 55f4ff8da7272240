import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GrubImages } from "@stickfarm/common/layout/bios-boot";
import type { Layout } from "@stickfarm/common/layout/layout";
import { layoutManifest } from "@stickfarm/common/layout/layout-manifest";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { WriterOrder } from "./writer-protocol.ts";

/**
 * What every byte of the order's drive shall become.
 *
 * Problems: those of layoutManifest; cache_corrupt, when boot code in the cache cannot be read or has changed.
 */
export async function layoutOrder(order: WriterOrder): Promise<Result<Layout>> {
  const { body, geometry, identity, stamps } = order;
  const biosBoot = await readBootCode(order);
  if (!biosBoot.ok) return biosBoot;
  return layoutManifest({ body, geometry, identity, stamps, biosBoot: biosBoot.value });
}

/** Every blob whose pieces the layout may name. Boot code is not among them: it becomes bytes of the layout. */
export function blobsOf({ body }: WriterOrder): readonly BlobRef[] {
  return body.kind === "image" ? [body.expanded] : body.files.map(({ blob }) => blob);
}

async function readBootCode({
  body,
  cacheDirectory,
}: WriterOrder): Promise<Result<GrubImages | null>> {
  if (body.kind === "image" || body.biosBoot.kind === "none") return ok(null);
  const boot = await readWhole(cacheDirectory, body.biosBoot.boot);
  if (!boot.ok) return boot;
  const core = await readWhole(cacheDirectory, body.biosBoot.core);
  return core.ok ? ok({ boot: boot.value, core: core.value }) : core;
}

async function readWhole(cacheDirectory: string, blob: BlobRef): Promise<Result<Uint8Array>> {
  const path = join(cacheDirectory, blob.sha256);
  const bytes = await readFile(path).catch((error: Error) => error);
  const detail = `Cannot read the boot code "${path}"`;
  if (bytes instanceof Error) {
    return fail({ code: "cache_corrupt", detail: `${detail}: ${bytes.message}`, cause: bytes });
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 === blob.sha256) return ok(bytes);
  return fail({ code: "cache_corrupt", detail: `${detail}: it has changed since it was checked` });
}
